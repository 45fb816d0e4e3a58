// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.example.orders.OrderListener;

/**
 * Binds the queues of the listeners to their topic before the first order is placed. The adapter does this, too, but in the
 * background.
 */
@ApplicationScoped
public class Bindings {

    private static final Logger LOG = System.getLogger(Bindings.class.getName());

    @Resource(name = "eis/RedisQueue")
    private RedisQueueConnectionFactory queues;

    void bind(@Observes @Initialized(ApplicationScoped.class) Object start) {
        try {
            List.of("receipts", "statistics").forEach(queue -> queues.admin().bind(OrderListener.FULFILLED, queue));
        } catch (QueueAdminException e) {
            LOG.log(Level.INFO, "The queues will be bound when Redis is available", e);
        }
    }
}
