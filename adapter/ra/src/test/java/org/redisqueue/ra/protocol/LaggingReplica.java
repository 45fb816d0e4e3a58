// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;
import org.redisqueue.ra.testing.TestRedis;

/** A copy of some keys that stands in for a replica that has fallen behind, and can replace them. */
final class LaggingReplica {

    private static final String COPY = """
            for _, pattern in ipairs(ARGV) do
              for _, key in ipairs(redis.call('KEYS', KEYS[2] .. pattern)) do
                redis.call('UNLINK', key)
              end
              for _, key in ipairs(redis.call('KEYS', KEYS[1] .. pattern)) do
                redis.call('COPY', key, KEYS[2] .. string.sub(key, #KEYS[1] + 1))
              end
            end
            """;
    private static final String COPIES = "replica:";

    private final TestRedis redis;
    private final List<String> patterns;

    /** Copies the keys with these patterns in their current state. */
    LaggingReplica(TestRedis redis, List<String> patterns) {
        this.redis = redis;
        this.patterns = patterns;
        copy("", COPIES);
    }

    /** Makes the replica the master: everything since it fell behind is lost. */
    void promote() {
        copy(COPIES, "");
    }

    void delete() {
        copy("none:", COPIES);
    }

    private void copy(String from, String to) {
        List<Object> words = new ArrayList<>(List.of("EVAL", COPY, 2, from, to));
        words.addAll(patterns);
        redis.call(words.toArray());
    }
}
