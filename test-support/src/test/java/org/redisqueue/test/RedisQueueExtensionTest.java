// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.redisqueue.test.TestRedis.queue;

import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;

/** What the extension gives to a test, and assertions about queues in Redis. */
@RedisQueueTest
@TestMethodOrder(MethodOrderer.MethodName.class)
class RedisQueueExtensionTest {

    public record Order(String item) {}

    @Resource
    private RedisQueueConnectionFactory factory;

    @Resource
    private QueueAdmin admin;

    @Inject
    @RedisQueue("orders")
    private RedisQueueSender orders;

    private final TestRedis redis;

    RedisQueueExtensionTest(TestRedis redis) {
        this.redis = redis;
    }

    @Test
    void fieldsAndParametersAreSet(RedisQueueConnectionFactory parameter, QueueAdmin operations) {
        assertThat(parameter).isSameAs(factory).isSameAs(redis.connectionFactory());
        assertThat(operations).isSameAs(admin);
        assertThat(redis.address()).startsWith("redis://");
        orders.send("x");
        assertThat(queue("orders")).hasOnlyMessages("x");
    }

    @RepeatedTest(2)
    void bundledRedisIsEmptyBeforeEachTest() {
        assertThat(redis.isBundled()).isTrue();
        assertThat(queue("orders")).isEmpty();
        orders.send("x");
    }

    @Nested
    class InANestedClass {

        @Test
        void redisIsEmptyToo() {
            assertThat(queue("orders")).isEmpty();
            orders.send("x");
            assertThat(queue("orders")).hasMessageCount(1);
        }
    }

    @Test
    void assertionWaitsForAConsumer() {
        orders.send("x");
        CompletableFuture<Void> consumer = CompletableFuture.runAsync(() -> {
            try (RedisQueueConnection connection = factory.createConnection()) {
                connection.receive("orders", Duration.ofSeconds(10));
                connection.send("receipts", new Order("x"));
            }
        });
        assertThat(queue("receipts")).eventually().hasMessage(new Order("x"));
        assertThat(queue("orders")).becomesEmpty();
        assertThat(consumer).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void failureShowsTheStateOfTheQueue() {
        orders.send(OutgoingMessage.of(new Order("book")).id("a").header("Locale", "de"));
        admin.pause("orders", null);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> assertThat(queue("orders"))
                        .within(Duration.ofMillis(50))
                        .becomesEmpty())
                .withMessage("""
                        Expecting queue 'orders' to be empty within 50 ms
                        but it has 1 ready:
                          ready: a, headers {Locale=de}, body {"item":"book"}
                        The queue is paused.
                        No server reports a listener that consumes the queue.""");
    }

    @Test
    void messagesOfEachPlaceAreSeen() throws Exception {
        orders.send(OutgoingMessage.of("ready").id("a"));
        orders.send(OutgoingMessage.of(new byte[] {0, -1}).id("b"));
        try (RedisQueueConnection connection = factory.createConnection()) {
            connection.getLocalTransaction().begin();
            connection.receive("orders", Duration.ZERO);
            assertThat(queue("orders"))
                    .hasCount(Place.DELIVERING, 1)
                    .hasCount(Place.READY, 1)
                    .hasMessage("ready")
                    .hasMessage(new byte[] {0, -1});
            connection.getLocalTransaction().rollback();
        }
        assertThat(queue("orders"))
                .eventually()
                .hasCount(Place.REDELIVERING, 1)
                .hasMessageSatisfying(
                        message -> assertThat(message.deliveryCount()).isEqualTo(2));
        assertThat(queue("orders").messages()).extracting(RedisMessage::id).containsExactly("b", "a");
    }

    @Test
    void deadLettersAreSeenWithTheirReason() {
        try (RedisQueueConnection connection = factory.createConnection()) {
            connection
                    .unwrap(org.redisson.api.RedissonClient.class)
                    .getBucket("rq:{orders}:message:bad", org.redisson.client.codec.StringCodec.INSTANCE)
                    .set("RQ/1\r\nno header");
            connection
                    .unwrap(org.redisson.api.RedissonClient.class)
                    .getDeque("rq:{orders}:ready", org.redisson.client.codec.StringCodec.INSTANCE)
                    .addFirst("bad");
            assertThat(connection.receive("orders", Duration.ZERO)).isEmpty();
        }
        assertThat(queue("orders")).hasDeadLetter("Malformed header").hasMessageCount(0);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> assertThat(queue("orders")).hasNoDeadLetters())
                .withMessageContaining("dead: bad, failed deliveries: 1, reason: Malformed header");
        admin.as("test", "test").deleteDeadLetters("orders", MessageSelection.all());
        assertThat(queue("orders")).becomesEmpty();
    }
}
