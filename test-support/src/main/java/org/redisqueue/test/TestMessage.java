// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.lang.reflect.Type;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueException;
import org.redisqueue.internal.QueueName;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.message.SentMessage;
import org.redisqueue.ra.protocol.MessageFormat;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.protocol.SendRequest;

/**
 * A received message, to pass to a listener in a unit test:
 *
 * <pre>{@code
 * listener.onMessage(TestMessage.of(new Order("book", 2)).header("Locale", "de").deliveryCount(3));
 * }</pre>
 *
 * <p>It behaves like a message that the adapter delivers: the adapter's own code writes the body and reads it again.
 *
 * <p>Instances are immutable. Each method that sets something returns a new message.
 */
public final class TestMessage implements RedisMessage {

    private static final int MAX_BYTES = Integer.MAX_VALUE;

    private final OutgoingMessage content;
    private final String queue;
    private final String id;
    private final int deliveryCount;
    private final @Nullable Instant sentAt;
    private final RedisMessage received;

    private TestMessage(
            OutgoingMessage content,
            String queue,
            String id,
            int deliveryCount,
            @Nullable Instant sentAt,
            byte[] body) {
        this.content = content;
        this.queue = queue;
        this.id = id;
        this.deliveryCount = deliveryCount;
        this.sentAt = sentAt;
        Map<String, String> headers = new LinkedHashMap<>();
        if (sentAt != null) {
            headers.put(MessageFormat.SENT, sentAt.toString());
        }
        headers.putAll(content.headers());
        try {
            received = ReceivedMessage.of(queue, id, MessageFormat.encode(headers, body), deliveryCount);
        } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Creates a message with a generated id that was sent to the queue {@code test} just now, in its first delivery.
     *
     * @param body a {@code String}, a {@code byte[]}, an {@link OutgoingMessage}, or any other object, which JSON-B
     *     serializes as JSON
     * @return the message
     * @throws RedisQueueException if the body cannot be serialized
     */
    public static TestMessage of(Object body) {
        OutgoingMessage content = body instanceof OutgoingMessage given ? given : OutgoingMessage.of(body);
        SendRequest sent = SentMessage.of("test", content, MAX_BYTES, Map.of());
        return new TestMessage(content, "test", sent.id(), 1, Instant.now(), body(sent));
    }

    private static byte[] body(SendRequest sent) {
        try {
            return MessageFormat.decode(sent.value()).body();
        } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Adds a header, or replaces the header of the same name.
     *
     * @param name the name of the header, as for {@link OutgoingMessage#header(String, String)}
     * @param value the value of the header
     * @return a message with this header
     * @throws IllegalArgumentException if the name or the value is invalid
     */
    public TestMessage header(String name, String value) {
        OutgoingMessage changed = OutgoingMessage.of(content.body());
        content.headers().forEach(changed::header);
        return new TestMessage(changed.header(name, value), queue, id, deliveryCount, sentAt, bytes());
    }

    /**
     * Sets the id.
     *
     * @param newId 1 to 200 printable ASCII characters, without spaces
     * @return a message with this id
     * @throws IllegalArgumentException if the id is invalid
     */
    public TestMessage id(String newId) {
        OutgoingMessage.of("").id(newId); // checks it
        return new TestMessage(content, queue, newId, deliveryCount, sentAt, bytes());
    }

    /**
     * Sets the queue from which the message was received.
     *
     * @param newQueue 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}, optionally after a hash tag such as {@code {shop}}
     * @return a message from this queue
     * @throws IllegalArgumentException if the name of the queue is invalid
     */
    public TestMessage queue(String newQueue) {
        return new TestMessage(content, QueueName.require(newQueue), id, deliveryCount, sentAt, bytes());
    }

    /**
     * Sets the number of deliveries.
     *
     * @param deliveries the number of deliveries, including the current one; 1 for the first delivery
     * @return a message in this delivery
     * @throws IllegalArgumentException if the number is less than 1
     */
    public TestMessage deliveryCount(int deliveries) {
        if (deliveries < 1) {
            throw new IllegalArgumentException("The delivery count is " + deliveries
                    + ", but must be at least 1: it includes the current delivery.");
        }
        return new TestMessage(content, queue, id, deliveries, sentAt, bytes());
    }

    /**
     * Sets the time at which the message was sent.
     *
     * @param time the time; null if the sender did not record it
     * @return a message that was sent at this time
     */
    public TestMessage sentAt(@Nullable Instant time) {
        return new TestMessage(content, queue, id, deliveryCount, time, bytes());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public byte[] bytes() {
        return received.bytes();
    }

    @Override
    public String text() {
        return received.text();
    }

    @Override
    public <T> T json(Class<T> type) {
        return received.json(type);
    }

    @Override
    public <T> T json(Type type) {
        return received.json(type);
    }

    @Override
    public Map<String, String> headers() {
        return received.headers();
    }

    @Override
    public Optional<String> header(String name) {
        return received.header(name);
    }

    @Override
    public int deliveryCount() {
        return deliveryCount;
    }

    @Override
    public Optional<Instant> sentAt() {
        return received.sentAt();
    }

    @Override
    public String toString() {
        return received.toString();
    }
}
