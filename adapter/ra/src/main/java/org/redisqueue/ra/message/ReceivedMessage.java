// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.MessageFormat;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;

/** A message as an application sees it. */
public final class ReceivedMessage implements RedisMessage {

    private final String id;
    private final String queue;
    private final byte[] body;
    private final Map<String, String> headers;
    private final @Nullable Instant sentAt;
    private final int deliveryCount;

    private ReceivedMessage(String queue, String id, byte[] value, int deliveryCount) throws MalformedMessageException {
        MessageFormat.Content content = MessageFormat.decode(value);
        this.id = id;
        this.queue = queue;
        this.deliveryCount = deliveryCount;
        body = content.body();
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(content.headers());
        sentAt = instant(all.remove(MessageFormat.SENT));
        all.remove(MessageFormat.DELIVER_AT); // for operators; it would be wrong in a copy of the message
        headers = Collections.unmodifiableMap(all);
    }

    /** @throws MalformedMessageException if the stored value is not a valid message */
    public static ReceivedMessage of(ClaimedMessage claimed) throws MalformedMessageException {
        return of(claimed.lease().queue(), claimed.lease().id(), claimed.value(), claimed.deliveryCount());
    }

    /**
     * Creates a message from its stored value.
     *
     * @param deliveryCount the number of deliveries, including the current one
     * @throws MalformedMessageException if the value is not a valid message
     */
    public static ReceivedMessage of(String queue, String id, byte[] value, int deliveryCount)
            throws MalformedMessageException {
        return new ReceivedMessage(queue, id, value, deliveryCount);
    }

    private static @Nullable Instant instant(@Nullable String text) throws MalformedMessageException {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new MalformedMessageException(
                    "Malformed header 'sent': must be an instant such as 2026-01-31T12:00:00Z");
        }
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
        return body.clone();
    }

    @Override
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public <T> T json(Class<T> type) {
        return JsonBody.read(body, type);
    }

    @Override
    public <T> T json(Type type) {
        return JsonBody.read(body, type);
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    @Override
    public int deliveryCount() {
        return deliveryCount;
    }

    @Override
    public Optional<Instant> sentAt() {
        return Optional.ofNullable(sentAt);
    }

    @Override
    public String toString() {
        return "RedisMessage[" + queue + "/" + id + ", delivery " + deliveryCount + "]";
    }
}
