// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.UUID;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** The operations for operators on queues that belong to one test, with a key prefix of their own. */
final class TestAdmin implements AutoCloseable {

    final String prefix = "admin" + UUID.randomUUID().toString().replace("-", "");
    final QueueOperations operations;
    final QueueAdmin admin;
    private final AdminClient client;

    TestAdmin() {
        TestProperties properties = TestProperties.of(TestRedis.shared());
        properties.setKeyPrefix(prefix);
        client = AdminClient.of(properties);
        operations = client.operations();
        admin = client.admin();
    }

    /** Calls a command past the adapter. */
    Object call(Object... command) {
        return TestRedis.shared().call(command);
    }

    /** The key of a queue. */
    String key(String queue, String name) {
        return prefix + ":{" + queue + "}:" + name;
    }

    @Override
    public void close() {
        client.close();
        call("EVAL", """
                local keys = redis.call('KEYS', ARGV[1])
                for i = 1, #keys, 1000 do
                    redis.call('UNLINK', unpack(keys, i, math.min(i + 999, #keys)))
                end
                """, 0, prefix + ":*");
    }
}
