// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.time.Duration;
import java.util.Set;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisson.api.RBucket;
import org.redisson.api.RScoredSortedSet;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.KeysScanOptions;
import org.redisson.client.codec.StringCodec;

/** Moves the deadlines of a queue in Redis, because a test cannot advance the clock of Redis. */
final class RedisTime {

    private static final Set<String> DEADLINES = Set.of("processing", "expiry", "scheduled");

    private RedisTime() {}

    /** Makes what is due in this time due now, in all queues whose names begin like this. */
    static void letPass(RedisQueueConnectionFactory factory, String queues, Duration time) {
        try (RedisQueueConnection connection = factory.createConnection()) {
            RedissonClient client = connection.unwrap(RedissonClient.class);
            KeysScanOptions keys = KeysScanOptions.defaults().pattern("rq:{" + queues + "*}:*");
            for (String key : client.getKeys().getKeys(keys)) {
                String kind = key.substring(key.indexOf('}') + 2);
                if (DEADLINES.contains(kind)) {
                    bringForward(client.getScoredSortedSet(key, StringCodec.INSTANCE), time);
                } else if (kind.startsWith("dedup:")) {
                    bringForward(client.getBucket(key, StringCodec.INSTANCE), time);
                }
            }
        }
    }

    private static void bringForward(RScoredSortedSet<String> entries, Duration time) {
        entries.entryRange(0, -1).forEach(entry -> entries.add(earlier(entry.getScore(), time), entry.getValue()));
    }

    private static void bringForward(RBucket<String> kept, Duration time) {
        long left = kept.remainTimeToLive();
        if (left > time.toMillis()) {
            kept.expire(Duration.ofMillis(left).minus(time));
        } else if (left >= 0) { // otherwise, it is a reservation
            kept.delete();
        }
    }

    /** Returns an earlier deadline. Negative deadlines remain negative, and 0 remains 0: both have a meaning. */
    private static double earlier(double deadline, Duration time) {
        return Math.signum(deadline) * Math.max(Math.abs(deadline) - time.toMillis(), Math.min(1, Math.abs(deadline)));
    }
}
