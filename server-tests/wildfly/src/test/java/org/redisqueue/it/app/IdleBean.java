// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueListener;

/** The {@link IdleListener} as a CDI bean. */
@ApplicationScoped
public class IdleBean extends IdleListener {

    public static final String QUEUE = "idle-bean";

    @RedisQueueListener(queue = QUEUE)
    void receive(RedisMessage message) {
        onMessage(message);
    }
}
