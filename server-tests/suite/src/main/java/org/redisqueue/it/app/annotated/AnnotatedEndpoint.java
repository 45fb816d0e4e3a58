// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.annotated;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import java.util.List;
import org.redisqueue.Header;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.it.app.Calls;
import org.redisqueue.it.app.Order;

/** A bean with a listener method for each kind of parameter, configured only by annotations. */
@MessageDriven(activationConfig = @ActivationConfigProperty(propertyName = "maxConcurrency", propertyValue = "2"))
public class AnnotatedEndpoint implements RedisQueueEndpoint {

    @RedisQueueListener(queue = "listeners.message")
    public void message(RedisMessage message) {
        Calls.record("message", message.text(), message.header("Kind").orElse(null));
    }

    @RedisQueueListener(queue = "listeners.text")
    public void text(@Header("kind") String kind, String text, @Header("absent") String absent) {
        Calls.record("text", kind, text, absent);
    }

    @RedisQueueListener(queue = "listeners.bytes")
    public void bytes(byte[] bytes) {
        Calls.record("bytes", bytes);
    }

    @RedisQueueListener(queue = "listeners.json")
    public void json(Order order, @Header("kind") String kind) {
        Calls.record("json", order, kind);
    }

    @RedisQueueListener(queue = "listeners.list")
    public void list(List<Order> orders) {
        Calls.record("list", orders.get(0), orders.get(1));
    }
}
