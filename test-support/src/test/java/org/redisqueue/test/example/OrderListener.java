// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.example;

import jakarta.annotation.Resource;
import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

@MessageDriven(
        activationConfig = {
            @ActivationConfigProperty(propertyName = "queue", propertyValue = "orders"),
            @ActivationConfigProperty(propertyName = "maxDeliveries", propertyValue = "3")
        })
public class OrderListener implements RedisMessageListener {

    @Resource(lookup = "java:/eis/RedisQueue")
    private RedisQueueConnectionFactory queues;

    @Override
    public void onMessage(RedisMessage message) {
        Order order = message.json(Order.class);
        try (RedisQueueConnection connection = queues.createConnection()) {
            connection.send(
                    "receipts", OutgoingMessage.of(new Receipt(order.item())).header("Order-Id", message.id()));
        }
        if (order.quantity() > 100) {
            throw new IllegalArgumentException("Out of stock");
        }
    }
}
