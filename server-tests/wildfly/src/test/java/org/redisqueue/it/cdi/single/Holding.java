// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.single;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.it.app.Gate;

/** Waits until the test releases it, then forwards the message. Only its sender names the adapter. */
@ApplicationScoped
public class Holding {

    public static final String QUEUE = "cdi-deployment.holding";
    public static final String DONE = "cdi-deployment.holding.done";

    @Inject
    @RedisQueue(DONE)
    private RedisQueueSender done;

    @RedisQueueListener(queue = QUEUE, properties = "maxDeliveries=1")
    void receive(String body) {
        new Gate(QUEUE).pass();
        done.send(body);
    }
}
