// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.Header;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueException;
import org.redisqueue.internal.ListenerSignature;
import org.redisqueue.ra.protocol.MessageFormat;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.spi.UnreadableMessageException;

/** A message that cannot be converted is rejected quickly, and the reason does not quote it. */
class UnreadableMessageTest {

    private static final String MARKER = "MARKER-of-the-body";
    private static final String LONG = "1".repeat(1_600_000);

    /** The type that a body is deserialized to. */
    public static class Order {
        public BigInteger number;
        public int quantity;
        public Instant when;
        public String text;

        public void setText(String text) {
            throw new IllegalStateException("not accepted: " + text);
        }
    }

    /** Read from a text. */
    public static class Instant {}

    void body(Order order) {}

    void integer(@Header("n") BigInteger number, RedisMessage message) {}

    void decimal(@Header("n") BigDecimal number, RedisMessage message) {}

    void real(@Header("n") double number, RedisMessage message) {}

    void truth(@Header("n") boolean number, RedisMessage message) {}

    private static RedisMessage message(Map<String, String> headers, String body) throws Exception {
        byte[] value = MessageFormat.encode(headers, body.getBytes(StandardCharsets.UTF_8));
        return ReceivedMessage.of(StoredMessage.claimed(value));
    }

    private static ListenerSignature method(String name) {
        Method found = Arrays.stream(UnreadableMessageTest.class.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
        return ListenerSignature.of(UnreadableMessageTest.class, found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                MARKER,
                "{\"quantity\":\"" + MARKER + "\"}",
                "{\"number\":\"" + MARKER + "\"}",
                "{\"when\":\"" + MARKER + "\"}",
                "{\"text\":\"" + MARKER + "\"}",
                "{\"quantity\":{\"" + MARKER + "\":1}}",
                "[\"" + MARKER + "\"]",
                "{\"" + MARKER + "\"",
                "{\"quantity\":" + MARKER + "}"
            })
    void noPartOfTheBodyIsInTheReasonOrInACause(String body) throws Exception {
        RedisMessage message = message(Map.of(), body);

        assertThatThrownBy(() -> message.json(Order.class))
                .isInstanceOf(RedisQueueException.class)
                .hasMessageStartingWith(
                        "RQ-113 The body cannot be deserialized from JSON as " + Order.class.getName() + ": ")
                .satisfies(withoutMarker());
        assertThatThrownBy(() -> method("body").arguments(message))
                .isInstanceOf(UnreadableMessageException.class)
                .hasMessageStartingWith("RQ-113 ")
                .satisfies(withoutMarker());
    }

    @Test
    void malformedJsonIsReportedWithLineAndColumn() throws Exception {
        RedisMessage message = message(Map.of(), "{\n  \"quantity\": oops}");

        assertThatThrownBy(() -> message.json(Order.class)).hasMessageContaining(" at line 2, column ");
    }

    @Test
    void byteOrderMarkIsIgnored() throws Exception {
        assertThat(message(Map.of(), "\ufeff{\"quantity\":7}").json(Order.class).quantity)
                .isEqualTo(7);
    }

    @Test
    @Timeout(5)
    void longNumbersInJsonAreRejectedQuickly() throws Exception {
        for (String number : new String[] {LONG, "\"" + LONG + "\""}) {
            assertThatThrownBy(() ->
                            message(Map.of(), "{\"number\":" + number + "}").json(Order.class))
                    .isInstanceOf(RedisQueueException.class)
                    .hasMessageStartingWith("RQ-113 ")
                    .hasMessageNotContaining("1111111111");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"integer", "decimal", "real"})
    @Timeout(5)
    void longNumbersInHeadersAreRejectedQuickly(String method) throws Exception {
        RedisMessage message = message(Map.of("n", "1".repeat(60_000)), "");

        assertThatThrownBy(() -> method(method).arguments(message))
                .isInstanceOf(UnreadableMessageException.class)
                .hasMessage("RQ-125 Parameter 'number' cannot be read: the value of header 'n' is invalid:"
                        + " a number has more than 1000 characters");
    }

    @Test
    void largeExponentsInHeadersAreRejected() throws Exception {
        RedisMessage message = message(Map.of("n", "1e999999999"), "");

        assertThatThrownBy(() -> method("decimal").arguments(message))
                .isInstanceOf(UnreadableMessageException.class)
                .hasMessageEndingWith("a number has an exponent beyond 1000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"integer", "decimal", "real", "truth"})
    void invalidHeaderValueIsNotQuoted(String method) throws Exception {
        RedisMessage message = message(Map.of("n", MARKER), "");

        assertThatThrownBy(() -> method(method).arguments(message))
                .isInstanceOf(UnreadableMessageException.class)
                .hasMessageStartingWith("RQ-125 Parameter 'number' cannot be read: the value of header 'n' is invalid")
                .satisfies(withoutMarker());
    }

    private static Consumer<Throwable> withoutMarker() {
        return thrown -> {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).doesNotContain(MARKER);
        };
    }
}
