// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;

/** Records the events of deliveries. */
public final class RecordingObserver {

    /** An event, with the arguments of the method that was called. */
    public record Event(String name, List<Object> arguments) {

        /** Returns the argument at this position. */
        public <T> T argument(int position, Class<T> type) {
            return type.cast(arguments.get(position));
        }

        /** Returns whether the event is about this queue. */
        private boolean isOf(String queue) {
            return queue.equals(subject(arguments.get(0)).split("/")[0]);
        }

        /** Returns the name of the event and what it is about: message id and delivery count, id, or nothing. */
        @Override
        public String toString() {
            String[] subject = subject(arguments.get(0)).split("/");
            return subject.length == 1 ? name : name + " " + subject[1];
        }

        private static String subject(Object first) {
            if (first instanceof List<?> messages) {
                String ids = messages.stream()
                        .map(message -> id((ClaimedMessage) message))
                        .collect(Collectors.joining(" "));
                return ((ClaimedMessage) messages.get(0)).lease().queue() + "/" + ids;
            } else if (first instanceof ClaimedMessage message) {
                return message.lease().queue() + "/" + id(message);
            } else if (first instanceof Lease lease) {
                return lease.queue() + "/" + lease.id();
            }
            return first.toString();
        }

        private static String id(ClaimedMessage message) {
            return message.lease().id() + "#" + message.deliveryCount();
        }
    }

    private final List<Event> events = new CopyOnWriteArrayList<>();

    /** Returns an observer that records here. */
    public DeliveryObserver observer() {
        return (DeliveryObserver) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DeliveryObserver.class}, (proxy, method, arguments) -> {
                    events.add(new Event(method.getName(), Arrays.asList(arguments)));
                    return null;
                });
    }

    /** Returns an observer that fails at each event. */
    public static DeliveryObserver failing(Throwable failure) {
        return (DeliveryObserver) Proxy.newProxyInstance(
                RecordingObserver.class.getClassLoader(),
                new Class<?>[] {DeliveryObserver.class},
                (proxy, method, arguments) -> {
                    throw failure;
                });
    }

    public List<Event> events() {
        return events;
    }

    /** Returns the events of a queue as text: {@code acknowledged a#1} for the first delivery of message a. */
    public List<String> of(QueueProbe queue) {
        return events.stream()
                .filter(event -> event.isOf(queue.name()))
                .map(Event::toString)
                .toList();
    }

    /** Returns the first event with this name. */
    public Event first(String name) {
        return events.stream()
                .filter(event -> event.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No event " + name + " in " + events));
    }
}
