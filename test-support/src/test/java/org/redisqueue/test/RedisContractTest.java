// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.annotation.Resource;
import java.time.Duration;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisson.api.RScoredSortedSet;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** The contract of queues in Redis. */
@RedisQueueTest
class RedisContractTest extends QueueContract {

    @Resource
    private RedisQueueConnectionFactory factory;

    @Override
    RedisQueueConnectionFactory factory() {
        return factory;
    }

    @Override
    TestQueue queue(String queue) {
        return TestRedis.queue(queue);
    }

    /** Makes what is due in this time due now. */
    @Override
    void letTimePass(Duration time) {
        try (RedisQueueConnection connection = factory.createConnection()) {
            RedissonClient client = connection.unwrap(RedissonClient.class);
            for (String key : new String[] {"processing", "expiry"}) {
                RScoredSortedSet<String> entries =
                        client.getScoredSortedSet("rq:{" + name + "}:" + key, StringCodec.INSTANCE);
                entries.entryRange(0, -1)
                        .forEach(entry -> entries.add(earlier(entry.getScore(), time), entry.getValue()));
            }
        }
    }

    /** Returns an earlier deadline. Negative deadlines remain negative, and 0 remains 0: both have a meaning. */
    private static double earlier(double deadline, Duration time) {
        return Math.signum(deadline) * Math.max(Math.abs(deadline) - time.toMillis(), Math.min(1, Math.abs(deadline)));
    }
}
