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
import org.redisqueue.RedisTopic;
import org.redisqueue.RedisTopicPublisher;

/**
 * Fulfills the orders of the queue {@code orders}, and publishes each fulfilled order to the listeners that need it.
 *
 * <p>Consuming the message, updating the database and publishing the new message are one transaction. Whenever this method
 * throws an exception or the server is killed, either all of it happens, or nothing does and the message is redelivered.
 * After its fourth failure, about 3.5 seconds after the first, the message becomes a dead letter.
 */
@MessageDriven(
        activationConfig = {
            @ActivationConfigProperty(propertyName = "queue", propertyValue = "orders"),
            @ActivationConfigProperty(propertyName = "maxDeliveries", propertyValue = "4"),
            @ActivationConfigProperty(propertyName = "redeliveryDelay", propertyValue = "500")
        })
public class OrderListener implements RedisMessageListener {

    /** The topic of fulfilled orders. */
    public static final String FULFILLED = "fulfilled-orders";

    @Inject
    @RedisTopic(FULFILLED)
    private RedisTopicPublisher fulfilledOrders;

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
        fulfilledOrders.publish(OutgoingMessage.of(fulfilled).header("Order-Id", message.id()));
    }
}
