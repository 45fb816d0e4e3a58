// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.ra.protocol.MessageFormat;
import org.redisqueue.ra.protocol.Publication;
import org.redisqueue.ra.protocol.QueueOperations;

/** Makes what an application sends into what is stored. */
public final class SentMessage {

    private SentMessage() {}

    /**
     * @param body what the application gave to be sent
     * @param maxBytes how long it may become
     * @throws IllegalArgumentException if it becomes longer
     */
    public static Publication of(String queue, Object body, int maxBytes) {
        OutgoingMessage message = body instanceof OutgoingMessage given ? given : OutgoingMessage.of(body);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(MessageFormat.SENT, Instant.now().toString());
        headers.putAll(message.headers());
        byte[] value = MessageFormat.encode(headers, bytes(message.body()));
        if (value.length > maxBytes) {
            throw new IllegalArgumentException("RQ-114 The message for queue '" + queue + "' has " + value.length
                    + " bytes, which is more than maxMessageSize, " + maxBytes);
        }
        return new Publication(
                queue,
                message.id().orElseGet(QueueOperations::newId),
                value,
                message.timeToLive().map(Duration::toMillis).orElse(0L));
    }

    private static byte[] bytes(Object body) {
        if (body instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        return body instanceof byte[] bytes ? bytes : JsonBody.write(body);
    }
}
