// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.example;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.redisqueue.Header;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.RedisQueueSender;

@ApplicationScoped
public class Receipts {

    @Inject
    @RedisQueue("emails")
    private RedisQueueSender emails;

    @RedisQueueListener(queue = "receipts", maxConcurrency = 8)
    void write(Receipt receipt, @Header("Order-Id") String orderId) {
        emails.send("Your order " + orderId + " of a " + receipt.item());
    }
}
