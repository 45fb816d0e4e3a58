// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.redisqueue.Header;
import org.redisqueue.RedisQueueListener;

/** Writes a receipt for each fulfilled order. As a CDI bean, it needs no deployment descriptor. */
@ApplicationScoped
public class Receipts {

    @Inject
    private OrderDesk desk;

    @RedisQueueListener(topic = OrderListener.FULFILLED, queue = "receipts", maxConcurrency = 5)
    void write(FulfilledOrder order, @Header("Order-Id") String id) {
        desk.receipted(id, order);
    }
}
