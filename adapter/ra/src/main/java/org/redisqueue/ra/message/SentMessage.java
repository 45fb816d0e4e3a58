// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisqueue.OnDuplicate;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.ra.protocol.Deduplication;
import org.redisqueue.ra.protocol.MessageFormat;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendOptions;
import org.redisqueue.ra.protocol.SendRequest;

/** Converts messages that applications send to the form that is stored in Redis. */
public final class SentMessage {

    private SentMessage() {}

    /**
     * Creates the stored form of a message to one queue.
     *
     * @param body an {@link OutgoingMessage}, or the body of a message without headers
     * @param maxBytes maximum size of the stored value, headers included, in bytes
     * @param traceHeaders headers that carry the context of a trace; added if the application has not set them, and as
     *     far as they fit
     * @throws IllegalArgumentException if the stored value is larger
     * @throws org.redisqueue.RedisQueueException if the body cannot be written as JSON
     */
    public static SendRequest of(String queue, Object body, int maxBytes, Map<String, String> traceHeaders) {
        return of("queue", queue, body, maxBytes, traceHeaders);
    }

    /**
     * Creates the stored form of a message to the queues of a topic. Its queue is the name of the topic; the message that
     * is sent to a queue is derived with {@link SendRequest#to}. Otherwise like {@link #of}.
     */
    public static SendRequest ofTopic(String topic, Object body, int maxBytes, Map<String, String> traceHeaders) {
        return of("topic", topic, body, maxBytes, traceHeaders);
    }

    private static SendRequest of(
            String kind, String name, Object body, int maxBytes, Map<String, String> traceHeaders) {
        OutgoingMessage message = body instanceof OutgoingMessage given ? given : OutgoingMessage.of(body);
        Map<String, String> headers = new LinkedHashMap<>();
        Instant now = Instant.now();
        headers.put(MessageFormat.SENT, now.toString());
        message.delay()
                .map(now::plus)
                .or(message::deliverAt)
                .filter(now::isBefore)
                .ifPresent(due -> headers.put(MessageFormat.DELIVER_AT, due.toString()));
        message.group().ifPresent(group -> headers.put(MessageFormat.GROUP, group));
        if (message.priority() != 0) {
            headers.put(MessageFormat.PRIORITY, Integer.toString(message.priority()));
        }
        headers.putAll(message.headers());
        byte[] bytes = bytes(message.body());
        if (!traceHeaders.isEmpty()) {
            TraceHeaders.add(headers, traceHeaders, maxBytes - bytes.length);
        }
        byte[] value = MessageFormat.encode(headers, bytes);
        if (value.length > maxBytes) {
            throw new IllegalArgumentException(
                    "RQ-114 The message for " + kind + " '" + name + "' is too large: it has " + value.length
                            + " bytes, but maxMessageSize is " + maxBytes + " bytes.");
        }
        return new SendRequest(
                name,
                message.id().orElseGet(QueueOperations::newId),
                value,
                message.timeToLive().map(Duration::toMillis).orElse(0L),
                new SendOptions(
                        message.delay().map(Duration::toMillis).orElse(0L),
                        message.deliverAt().map(SentMessage::millis).orElse(0L),
                        deduplication(message),
                        message.group().orElse(null),
                        message.priority()));
    }

    /**
     * Returns the id of each published message or, if in all queues the same other message has its deduplication key,
     * the id of that message.
     *
     * @param sent the ids of the messages in the first queue, in the order in which they were published, then those in
     *     the next queue, and so on; empty if no queue is bound to the topic
     */
    public static List<String> publishedIds(List<SendRequest> published, List<String> sent) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < published.size(); i++) {
            String id = sent.isEmpty() ? published.get(i).id() : sent.get(i);
            for (int j = i; j < sent.size(); j += published.size()) {
                if (!sent.get(j).equals(sent.get(i))) {
                    id = published.get(i).id();
                }
            }
            ids.add(id);
        }
        return ids;
    }

    private static @Nullable Deduplication deduplication(OutgoingMessage message) {
        return message.deduplicationKey()
                .map(key -> new Deduplication(
                        key,
                        message.deduplicationWindow().orElseThrow().toMillis(),
                        message.onDuplicate() == OnDuplicate.ROLLBACK))
                .orElse(null);
    }

    /** The time in milliseconds since 1970, rounded up; 0 if it is earlier. */
    private static long millis(Instant time) {
        return time.isBefore(Instant.EPOCH) ? 0 : time.plusNanos(999_999).toEpochMilli();
    }

    private static byte[] bytes(Object body) {
        if (body instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        return body instanceof byte[] bytes ? bytes : JsonBody.write(body);
    }
}
