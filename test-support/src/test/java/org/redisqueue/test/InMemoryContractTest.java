// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.time.Duration;
import org.redisqueue.RedisQueueConnectionFactory;

/** The contract of queues in memory. */
class InMemoryContractTest extends QueueContract {

    private final InMemoryQueues queues = new InMemoryQueues();

    @Override
    RedisQueueConnectionFactory factory() {
        return queues;
    }

    @Override
    TestQueue queue(String queue) {
        return queues.queue(queue);
    }

    @Override
    void bind(String topic, String queue) {
        queues.bind(topic, queue);
    }

    @Override
    void letTimePass(Duration time) {
        queues.letTimePass(time);
    }
}
