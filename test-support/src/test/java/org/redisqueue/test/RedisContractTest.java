// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.annotation.Resource;
import java.time.Duration;
import org.redisqueue.RedisQueueConnectionFactory;

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

    @Override
    void bind(String topic, String queue) {
        TestRedis.shared().admin().bind(topic, queue);
    }

    @Override
    void letTimePass(Duration time) {
        RedisTime.letPass(factory, name, time);
    }
}
