// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A message received by a listener or by {@link RedisQueueConnection#receive receive}.
 *
 * <p>Messages are immutable and thread-safe. They remain readable after their transaction has ended.
 */
public interface RedisMessage {

    /**
     * {@return the id under which the message is stored in Redis: 1 to 200 printable ASCII characters, without spaces}
     * It is unique in its queue.
     */
    String id();

    /** {@return the name of the queue from which the message was received, without the key prefix} */
    String queue();

    /** {@return a copy of the raw body} The array can be empty but is never null. */
    byte[] bytes();

    /** {@return the body decoded as UTF-8} Malformed input is replaced with the replacement character. */
    String text();

    /**
     * Deserializes the body from JSON with the container's JSON-B.
     *
     * @param <T> the type to deserialize to
     * @param type the class to deserialize to
     * @return the deserialized body
     * @throws RedisQueueException if the body is not JSON, cannot be deserialized as this type, or contains a value
     *     that is too expensive to convert: a number longer than 1,000 characters, an exponent beyond 1,000, or a
     *     string of more than 10,000 digits. The exception message does not include the body
     */
    <T> T json(Class<T> type);

    /**
     * Deserializes the body from JSON with the container's JSON-B, as a type that may be generic.
     *
     * @param <T> the type to deserialize to
     * @param type the type to deserialize to; must be compatible with {@code T}, which is not checked
     * @return the deserialized body
     * @throws RedisQueueException as for {@link #json(Class)}
     */
    <T> T json(Type type);

    /**
     * {@return an unmodifiable map of the headers} Names are case-insensitive. The map is empty if the stored value has
     * no headers, and it contains neither the header {@code sent}, see {@link #sentAt()}, nor {@code Deliver-At}.
     */
    Map<String, String> headers();

    /**
     * Returns the value of a header.
     *
     * @param name the name of the header, case-insensitive
     * @return the value, or empty if the message does not have the header
     */
    Optional<String> header(String name);

    /**
     * {@return the group of the message, or empty if it belongs to none} The messages of a group are delivered one after
     * the other: see {@link OutgoingMessage#group(String)}. A program in another language that only sets the header
     * {@code Group}, without the script that the protocol requires, gets no order.
     */
    default Optional<String> group() {
        return header(OutgoingMessage.GROUP);
    }

    /**
     * {@return the priority of the message, -10 to 10; 0 if it has none} Messages with a higher priority are delivered
     * first: see {@link OutgoingMessage#priority(int)}. A program in another language that only sets the header
     * {@code Priority}, without the script that the protocol requires, has no influence on the order. An invalid header
     * counts as 0.
     */
    default int priority() {
        return header(OutgoingMessage.PRIORITY)
                .filter(value -> value.matches("-?\\d{1,2}"))
                .map(Integer::valueOf)
                .filter(priority -> Math.abs(priority) <= OutgoingMessage.MAX_PRIORITY)
                .orElse(0);
    }

    /**
     * {@return the number of deliveries of the message, including the current one: 1 for the first delivery} Failures
     * and abandoned deliveries (the consumer died or lost its lease) both count.
     */
    int deliveryCount();

    /** {@return whether the message has been delivered before} */
    default boolean redelivered() {
        return deliveryCount() > 1;
    }

    /**
     * {@return when the message was sent, according to the sender's clock, or empty if the sender did not set the
     * header {@code sent}}
     */
    Optional<Instant> sentAt();
}
