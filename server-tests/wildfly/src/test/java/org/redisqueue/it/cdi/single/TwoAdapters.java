// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.single;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.RedisQueueListeners;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.SendTo;
import org.redisqueue.it.app.Gate;

/** Listeners of two adapters on queues with the same name; the first one controls the second. */
@ApplicationScoped
public class TwoAdapters {

    public static final String QUEUE = "cdi-adapters";
    public static final String ANSWERS = "cdi-adapters.answers";
    public static final String SECOND = "second";
    public static final String PAUSE = "pause";
    public static final String RESUME = "resume";
    public static final String HOLD = "hold";

    private static final String SECOND_FACTORY = "java:/eis/" + SECOND;

    @Inject
    @RedisQueue(value = ANSWERS, connectionFactory = SECOND_FACTORY)
    private RedisQueueSender toSecond;

    @Inject
    private RedisQueueListeners listeners;

    @SendTo(ANSWERS)
    @RedisQueueListener(queue = QUEUE, name = "first", properties = "maxDeliveries=1")
    String first(String body) {
        switch (body) {
            case PAUSE -> listeners.get(SECOND).pause();
            case RESUME -> listeners.get(SECOND).resume();
            default -> toSecond.send(body);
        }
        return "first " + body;
    }

    @SendTo(ANSWERS)
    @RedisQueueListener(
            queue = QUEUE,
            name = SECOND,
            connectionFactory = SECOND_FACTORY,
            properties = {"maxDeliveries=1", "drainTimeout=100"})
    String second(String body) {
        if (body.startsWith(HOLD)) {
            new Gate(QUEUE).pass();
        }
        return "second " + body;
    }
}
