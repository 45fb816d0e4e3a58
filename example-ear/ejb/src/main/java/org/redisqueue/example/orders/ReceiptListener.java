// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.inject.Inject;
import org.redisqueue.Header;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;

/**
 * Writes a receipt for each message of the queue {@code receipts}.
 *
 * <p>What makes it a message-driven bean stands in {@code META-INF/ejb-jar.xml}.
 */
public class ReceiptListener implements RedisQueueEndpoint {

    @Inject
    private OrderDesk desk;

    @RedisQueueListener(queue = "receipts")
    public void write(FulfilledOrder order, @Header("Order-Id") String id) {
        desk.receipted(id, order);
    }
}
