// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.client.OwnThreads;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** The operations for operators on queues that belong to one test, with a key prefix of their own. */
final class TestAdmin implements AutoCloseable {

    final String prefix = "admin" + UUID.randomUUID().toString().replace("-", "");
    final QueueOperations operations;
    final QueueAdmin admin;
    private final RedisClient client;
    private final ScheduledExecutorService timer;

    TestAdmin() {
        TestProperties properties = TestProperties.of(TestRedis.shared());
        properties.setKeyPrefix(prefix);
        client = RedisClient.acquire(properties);
        timer = Executors.newSingleThreadScheduledExecutor(new OwnThreads("test-timer"));
        operations = new QueueOperations(client, timer);
        admin = RedisQueueAdmin.of(operations);
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
        operations.close();
        timer.shutdownNow();
        client.release();
    }
}
