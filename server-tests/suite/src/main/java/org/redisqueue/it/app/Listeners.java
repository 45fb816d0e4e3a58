// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.ejb.MessageDrivenContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.redisqueue.RedisMessage;

/** What the scripted listeners do with the messages of each queue, as the tests that run beside them say. */
public final class Listeners {

    private static final Map<String, Script> SCRIPTS = new ConcurrentHashMap<>();

    /** What a listener does with one message. */
    public interface Action {
        void on(RedisMessage message, MessageDrivenContext context) throws Exception;
    }

    /**
     * One call of a listener.
     *
     * @param nanos when it began, by {@link System#nanoTime}
     */
    public record Delivery(RedisMessage message, long nanos) {

        public String id() {
            return message.id();
        }

        public int count() {
            return message.deliveryCount();
        }
    }

    /** One queue's listener: what it does, and what it got. */
    public static final class Script {

        private final Action action;
        private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();

        private Script(Action action) {
            this.action = action;
        }

        /** Every delivery so far, in the order in which they began. */
        public List<Delivery> deliveries() {
            return deliveries;
        }

        void play(RedisMessage message, MessageDrivenContext context) throws Exception {
            deliveries.add(new Delivery(message, System.nanoTime()));
            action.on(message, context);
        }
    }

    private Listeners() {}

    /** Has the listener of this queue do this with each message from now on. */
    public static Script on(Queue queue, Action action) {
        Script script = new Script(action);
        SCRIPTS.put(queue.name(), script);
        return script;
    }

    /** Has the listener of this queue accept each message from now on. */
    public static Script accepting(Queue queue) {
        return on(queue, (message, context) -> {});
    }

    static Script of(String queue) {
        return SCRIPTS.computeIfAbsent(queue, name -> new Script((message, context) -> {}));
    }
}
