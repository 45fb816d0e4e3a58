// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A message as a listener or {@link RedisQueueConnection#receive receive} gets it.
 *
 * <p>It is immutable and safe to read from any thread, also after its transaction has ended.
 */
public interface RedisMessage {

    /** The id under which the message is stored in Redis, unique in its queue: 1 to 200 printable characters. */
    String id();

    /** The name of the queue that the message was taken from, without the key prefix. */
    String queue();

    /** A copy of the body as it is stored; empty, never null. */
    byte[] bytes();

    /** The body read as UTF-8 text; what is not UTF-8 becomes the replacement character. */
    String text();

    /**
     * The body read from JSON by the container's JSON-B.
     *
     * @throws RedisQueueException if the body is not JSON, or does not fit the type
     */
    <T> T json(Class<T> type);

    /**
     * The body read from JSON by the container's JSON-B, for generic types.
     *
     * @throws RedisQueueException if the body is not JSON, or does not fit the type
     */
    <T> T json(Type type);

    /** The headers by name, without regard to case; empty for a plain value. Not modifiable. */
    Map<String, String> headers();

    /** The value of one header, if the message has it. Names are compared without regard to case. */
    Optional<String> header(String name);

    /**
     * How often the message has been handed to a listener, this time included: 1 at the first delivery.
     * Failed deliveries and those whose consumer died both count.
     */
    int deliveryCount();

    /** True from the second delivery on. */
    default boolean redelivered() {
        return deliveryCount() > 1;
    }

    /** When the message was sent, by the sender's clock; empty when the sender said nothing of it, as with a plain value. */
    Optional<Instant> sentAt();
}
