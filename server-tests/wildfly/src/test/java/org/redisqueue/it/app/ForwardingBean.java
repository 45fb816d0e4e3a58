// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueListener;

/** The {@link ForwardingListener} as a CDI bean. */
@ApplicationScoped
public class ForwardingBean extends ForwardingListener {

    public static final String QUEUE = "forwarding-bean";

    @RedisQueueListener(queue = QUEUE, maxConcurrency = 10)
    void forward(RedisMessage message) {
        onMessage(message);
    }
}
