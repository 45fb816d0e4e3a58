// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.app;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.it.app.Calls;

/** Listeners that operators configure and control at run time. */
@ApplicationScoped
public class Controlled {

    @RedisQueueListener(queue = "cdi.annotated", name = "moved", maxConcurrency = 7)
    void moved(String body) {
        Calls.record("moved", body);
    }

    @RedisQueueListener(queue = "${cdi.not.configured:cdi.expression}", properties = "maxConcurrency=${cdi.none:3}")
    void expression(String body) {
        Calls.record("expression", body);
    }

    @RedisQueueListener(queue = "${cdi.configured.queue}", properties = "maxDeliveries=${cdi.configured.deliveries:5}")
    void configured(RedisMessage message) {
        throw new IllegalStateException("delivery " + message.deliveryCount());
    }

    @RedisQueueListener(queue = "cdi.paused", name = "paused")
    void paused(String body) {
        Calls.record("paused", body);
    }
}
