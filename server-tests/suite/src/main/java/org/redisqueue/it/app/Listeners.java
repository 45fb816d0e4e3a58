// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.ejb.MessageDrivenContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.redisqueue.RedisMessage;

/** The behavior of the scripted listeners of each queue, as set by the tests in the same application. */
public final class Listeners {

    private static final Map<String, Script> SCRIPTS = new ConcurrentHashMap<>();

    /** The behavior of a listener for one message. */
    public interface Action {
        void on(RedisMessage message, MessageDrivenContext context) throws Exception;
    }

    /**
     * A call of a listener.
     *
     * @param nanos the start of the call, from {@link System#nanoTime}
     */
    public record Delivery(RedisMessage message, long nanos) {

        public String id() {
            return message.id();
        }

        public int count() {
            return message.deliveryCount();
        }
    }

    /** The listener of a queue: its behavior and its deliveries. */
    public static final class Script {

        private final Action action;
        private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();

        private Script(Action action) {
            this.action = action;
        }

        /** All deliveries so far, in the order of their start. */
        public List<Delivery> deliveries() {
            return deliveries;
        }

        void play(RedisMessage message, MessageDrivenContext context) throws Exception {
            deliveries.add(new Delivery(message, System.nanoTime()));
            action.on(message, context);
        }
    }

    private Listeners() {}

    /** Sets the behavior of the listener of this queue for all further messages. */
    public static Script on(Queue queue, Action action) {
        Script script = new Script(action);
        SCRIPTS.put(queue.name(), script);
        return script;
    }

    /** Makes the listener of this queue accept all further messages. */
    public static Script accepting(Queue queue) {
        return on(queue, (message, context) -> {});
    }

    static Script of(String queue) {
        return SCRIPTS.computeIfAbsent(queue, name -> new Script((message, context) -> {}));
    }
}
