// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.inject.Inject;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Validator;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueSender;

/**
 * Fulfils the orders of the queue {@code orders} and sends each on to {@code receipts}.
 *
 * <p>Taking the message, the work in the database and the message sent are one transaction: whatever is thrown here,
 * and whenever the server is killed, either all of it happens or the message is delivered again. After the fourth
 * failure, about 3.5 seconds after the first, it is a dead letter.
 */
@MessageDriven(
        activationConfig = {
            @ActivationConfigProperty(propertyName = "queue", propertyValue = "orders"),
            @ActivationConfigProperty(propertyName = "maxDeliveries", propertyValue = "4"),
            @ActivationConfigProperty(propertyName = "redeliveryDelay", propertyValue = "500")
        })
public class OrderListener implements RedisMessageListener {

    @Inject
    @RedisQueue("receipts")
    private RedisQueueSender receipts;

    @Inject
    private Validator validator;

    @Inject
    private Workshop workshop;

    @Inject
    private OrderDesk desk;

    @Override
    public void onMessage(RedisMessage message) {
        var order = message.json(NewOrder.class);
        var violations = validator.validate(order);
        if (!violations.isEmpty()) {
            throw new ConstraintViolationException(violations);
        }
        workshop.make(order.item(), message.deliveryCount());

        var fulfilled = new FulfilledOrder(order.item(), order.quantity().intValueExact(), message.deliveryCount());
        desk.fulfilled(message.id(), fulfilled);
        receipts.send(OutgoingMessage.of(fulfilled).header("Order-Id", message.id()));
    }
}
