// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.app;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueListener;

/** The {@link BookingListener} as a CDI bean. */
@ApplicationScoped
public class BookingBean extends BookingListener {

    @RedisQueueListener(
            queue = OrderServlet.QUEUE,
            maxConcurrency = 15,
            properties = {"lease=${reliability.lease:15000}", "redeliveryDelay=200", "maxRedeliveryDelay=1000"})
    void receive(RedisMessage message) {
        onMessage(message);
    }
}
