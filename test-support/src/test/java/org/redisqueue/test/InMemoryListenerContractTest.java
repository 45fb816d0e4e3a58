// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.time.Duration;

/** The contract of deliveries from queues in memory. */
class InMemoryListenerContractTest extends ListenerContract {

    private final InMemoryQueues queues = new InMemoryQueues();

    @Override
    void send(Object body) {
        queues.sender(name).send(body);
    }

    @Override
    TestQueue queue() {
        return queues.queue(name);
    }

    @Override
    void letTimePass(Duration time) {
        queues.letTimePass(time);
    }

    @Override
    void deliverAll(Object bean) {
        queues.deliverAll(name, bean);
    }

    @Override
    void setRollbackOnly() {
        queues.transactions().setRollbackOnly();
    }
}
