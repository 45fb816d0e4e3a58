// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.example;

import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueSender;

@Transactional
public class Checkout {

    @Inject
    @RedisQueue("orders")
    private RedisQueueSender orders;

    @Resource
    private TransactionSynchronizationRegistry transaction;

    public void order(String item, int quantity) {
        orders.send(new Order(item, quantity));
        if (quantity > 100) {
            transaction.setRollbackOnly();
        }
    }
}
