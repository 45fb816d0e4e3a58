// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueException;
import org.redisqueue.test.internal.state.QueueDescription;

/** A message that a test expects: a body or, with headers and an id, an {@link OutgoingMessage}. */
final class ExpectedMessage {

    private final OutgoingMessage expected;
    private final byte[] bytes;

    private ExpectedMessage(OutgoingMessage expected) {
        this.expected = expected;
        this.bytes = TestMessage.of(expected).bytes();
    }

    static ExpectedMessage of(Object expected) {
        return new ExpectedMessage(expected instanceof OutgoingMessage given ? given : OutgoingMessage.of(expected));
    }

    boolean matches(RedisMessage message) {
        return hasBody(message)
                && hasHeaders(message)
                && expected.id().map(message.id()::equals).orElse(true);
    }

    private boolean hasHeaders(RedisMessage message) {
        for (Map.Entry<String, String> header : expected.headers().entrySet()) {
            if (!message.header(header.getKey()).equals(Optional.of(header.getValue()))) {
                return false;
            }
        }
        return true;
    }

    private boolean hasBody(RedisMessage message) {
        if (Arrays.equals(bytes, message.bytes())) {
            return true;
        }
        Object body = expected.body();
        return !(body instanceof String) && !(body instanceof byte[]) && isEqualAsJson(message, body);
    }

    /** Returns whether the body deserializes to an equal object, even if its JSON is written differently. */
    private static boolean isEqualAsJson(RedisMessage message, Object body) {
        try {
            return body.equals(message.json(body.getClass()));
        } catch (RedisQueueException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        expected.id().ifPresent(id -> text.append("id ").append(id).append(", "));
        if (!expected.headers().isEmpty()) {
            text.append("headers ").append(expected.headers()).append(", ");
        }
        return text.append("body ").append(QueueDescription.body(bytes)).toString();
    }
}
