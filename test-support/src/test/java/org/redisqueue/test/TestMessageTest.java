// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisQueueException;

/** A message for a unit test behaves like one of the adapter. */
class TestMessageTest {

    public record Order(String item, int quantity) {}

    /** A field whose type is a generic one. */
    @SuppressWarnings("unused")
    private List<Order> orders;

    @Test
    void messageIsInItsFirstDelivery() {
        TestMessage message = TestMessage.of("hello");
        assertThat(message.text()).isEqualTo("hello");
        assertThat(message.queue()).isEqualTo("test");
        assertThat(message.deliveryCount()).isEqualTo(1);
        assertThat(message.redelivered()).isFalse();
        assertThat(message.headers()).isEmpty();
        assertThat(message.sentAt())
                .hasValueSatisfying(at -> assertThat(at).isBetween(Instant.now().minusSeconds(60), Instant.now()));
        assertThat(message.id()).isNotEqualTo(TestMessage.of("hello").id());
    }

    @Test
    void everythingCanBeSet() {
        Instant sent = Instant.parse("2026-01-31T12:00:00Z");
        TestMessage message = TestMessage.of(new Order("book", 2))
                .id("order-1")
                .queue("orders")
                .header("Locale", "de")
                .header("note", " ä ")
                .header("LOCALE", "fr")
                .deliveryCount(3)
                .sentAt(sent);
        assertThat(message.json(Order.class)).isEqualTo(new Order("book", 2));
        assertThat(message.headers()).isEqualTo(Map.of("LOCALE", "fr", "note", "ä"));
        assertThat(message.header("locale")).contains("fr");
        assertThat(message.redelivered()).isTrue();
        assertThat(message.sentAt()).contains(sent);
        assertThat(message).hasToString("RedisMessage[orders/order-1, delivery 3]");
        assertThat(message.sentAt(null).sentAt()).isEmpty();
    }

    @Test
    void messageIsImmutable() {
        TestMessage message = TestMessage.of("hello");
        message.id("other").header("a", "b").deliveryCount(2);
        assertThat(message.headers()).isEmpty();
        assertThat(message.deliveryCount()).isEqualTo(1);
        assertThat(message.id()).isNotEqualTo("other");
    }

    @Test
    void outgoingMessageIsReceivedAsItIsSent() {
        TestMessage message = TestMessage.of(
                OutgoingMessage.of("hello").id("a").header("b", "c").timeToLive(Duration.ofHours(1)));
        assertThat(message.id()).isEqualTo("a");
        assertThat(message.text()).isEqualTo("hello");
        assertThat(message.header("B")).contains("c");
    }

    @Test
    void bodyCanHaveAGenericType() throws NoSuchFieldException {
        Type type = getClass().getDeclaredField("orders").getGenericType();
        assertThat(TestMessage.of("[{\"item\":\"book\",\"quantity\":2}]").<List<Order>>json(type))
                .containsExactly(new Order("book", 2));
    }

    @Test
    void errorsAreThoseOfTheAdapter() {
        TestMessage message = TestMessage.of("[1]");
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> message.json(Order.class))
                .withMessageStartingWith("RQ-113 ");
        assertThatIllegalArgumentException().isThrownBy(() -> message.header("a:b", "c"));
        assertThatIllegalArgumentException().isThrownBy(() -> message.header("sent", "c"));
        assertThatIllegalArgumentException().isThrownBy(() -> message.header("a", "b\r\nc: d"));
        assertThatIllegalArgumentException().isThrownBy(() -> message.id("a b"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.queue("no spaces"))
                .withMessageStartingWith("RQ-106 ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.deliveryCount(0))
                .withMessage("The delivery count is 0, but must be at least 1: it includes the current delivery.");
    }
}
