// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.redisqueue.Header;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.it.app.Calls;
import org.redisqueue.it.app.Order;

/** A listener method for each kind of parameter and each visibility. */
@ApplicationScoped
public class Parameters extends GenericParameters<Order> {

    @Inject
    private Counter counter;

    @RedisQueueListener(queue = "cdi.message")
    public void message(RedisMessage message) {
        Calls.record("message", message.text(), message.header("kind").orElse(null), message.deliveryCount());
    }

    @RedisQueueListener(queue = "cdi.text")
    void text(@Header("kind") String kind, String body, @Header("none") String none) {
        Calls.record("text", kind, body, none);
    }

    @RedisQueueListener(queue = "cdi.bytes")
    protected void bytes(byte[] body) {
        Calls.record("bytes", body);
    }

    @RedisQueueListener(queue = "cdi.json")
    private void json(Order order) {
        Calls.record("json", order, counter.next() > 0); // a client proxy has no fields
    }

    @RedisQueueListener(queue = "cdi.list")
    public void list(List<Order> orders) {
        Calls.record("list", orders.toArray());
    }

    @RedisQueueListener(queue = "cdi.headers")
    void headers(
            String body,
            @Header("number") int number,
            @Header("number") Long same,
            @Header("number") Optional<Integer> optional,
            @Header("none") Optional<String> none,
            @Header("yes") boolean yes) {
        Calls.record("headers", number, same, optional, none, yes);
    }

    @RedisQueueListener(queue = "cdi.injected")
    void injected(String body, Counter counter, @Header("kind") String kind) {
        Calls.record("injected", body, counter.next() > 0, kind);
    }

    @Override
    @RedisQueueListener(queue = "cdi.overriding")
    public void overridden(String body) {
        Calls.record("overridden", body);
    }

    @Stamped
    @RedisQueueListener(queue = "cdi.intercepted")
    void stamped(String body) {
        Calls.record("stamped", body);
    }
}
