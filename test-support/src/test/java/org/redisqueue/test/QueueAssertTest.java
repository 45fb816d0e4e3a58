// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.admin.Place;

/** Assertions about queues, and what their failures say. */
class QueueAssertTest {

    private static final Duration SHORT = Duration.ofMillis(50);

    private final InMemoryQueues queues = new InMemoryQueues();
    private final TestQueue orders = queues.queue("orders");

    public record Order(String item, int quantity) {}

    private static void fails(ThrowingCallable assertion, String message) {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion).withMessage(message);
    }

    @Nested
    class AboutMessages {

        @BeforeEach
        void send() {
            queues.sender("orders").send(OutgoingMessage.of("text").id("a"));
            queues.sender("orders")
                    .send(OutgoingMessage.of(new Order("book", 2)).id("b").header("Locale", "de"));
            queues.sender("orders").send(OutgoingMessage.of(new byte[] {0, -1}).id("c"));
        }

        @Test
        void messageIsFoundByItsBody() {
            assertThat(orders)
                    .hasMessage("text")
                    .hasMessage(new Order("book", 2))
                    .hasMessage("{\"item\":\"book\",\"quantity\":2}")
                    .hasMessage(new byte[] {0, -1});
        }

        @Test
        void messageIsFoundByItsHeadersAndId() {
            assertThat(orders)
                    .hasMessage(OutgoingMessage.of(new Order("book", 2)).header("locale", "de"))
                    .hasMessage(OutgoingMessage.of("text").id("a"));
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> assertThat(orders)
                            .hasMessage(OutgoingMessage.of(new Order("book", 2)).header("locale", "fr")));
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> assertThat(orders)
                            .hasMessage(OutgoingMessage.of("text").id("b")));
        }

        @Test
        void missingMessageIsReportedWithThoseInTheQueue() {
            fails(
                    () -> assertThat(orders)
                            .hasMessage(OutgoingMessage.of(new Order("pen", 1)).header("Locale", "de")),
                    """
                    Expecting queue 'orders' to have a message with
                      headers {Locale=de}, body {"item":"pen","quantity":1}
                    but it has 3 ready:
                      ready: a, body text
                      ready: b, headers {Locale=de}, body {"item":"book","quantity":2}
                      ready: c, body of 2 bytes that are not text\
                    """);
        }

        @Test
        void descriptionIsPartOfTheFailure() {
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> assertThat(orders).as("100%s sure").isEmpty())
                    .withMessageStartingWith("[100%s sure] Expecting queue 'orders' to be empty");
        }

        @Test
        void onlyTheExpectedMessagesAreAccepted() {
            assertThat(orders).hasOnlyMessages("text", new Order("book", 2), new byte[] {0, -1});
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> assertThat(orders).hasOnlyMessages("text", new Order("book", 2)))
                    .withMessageStartingWith("""
                        Expecting queue 'orders' to have only the messages with
                          body text
                          body {"item":"book","quantity":2}
                        but it has 3 ready:\
                        """);
        }

        @Test
        void unmetRequirementsAreListedForEachMessage() {
            assertThat(orders)
                    .hasMessageSatisfying(message -> assertThat(message.id()).isEqualTo("b"));
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> assertThat(orders)
                            .hasMessageSatisfying(message ->
                                    assertThat(message.header("Locale")).contains("fr")))
                    .withMessageContaining("  a: ")
                    .withMessageContaining("  c: ")
                    .withMessageContaining("but it has 3 ready:");
        }

        @Test
        void countsAreCompared() {
            assertThat(orders).hasMessageCount(3).hasCount(Place.READY, 3).hasCount(Place.DEAD, 0);
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> assertThat(orders).hasMessageCount(1))
                    .withMessageStartingWith("Expecting queue 'orders' to have 1 message\nbut it has 3 ready:");
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> assertThat(orders).hasCount(Place.IN_DOUBT, 1))
                    .withMessageStartingWith("Expecting queue 'orders' to have 1 in doubt\n");
        }

        @Test
        void messagesCanBeCheckedWithAssertJ() {
            assertThat(orders).messages().extracting("id").containsExactly("a", "b", "c");
        }

        @Test
        void failureNamesIdsThatWereInUse() {
            queues.sender("orders").send(OutgoingMessage.of("again").id("a"));
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> assertThat(orders).hasMessage("again"))
                    .withMessageEndingWith("\nIds of messages that were not sent to it because the id was in use: a.");
        }

        @Test
        void longContentIsShortened() {
            queues.clear();
            for (int i = 0; i < 25; i++) {
                queues.sender("orders").send("x".repeat(1_000));
            }
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> assertThat(orders).isEmpty())
                    .withMessageEndingWith("\n  … and 5 more")
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(10_000));
        }
    }

    @Nested
    class AboutDeadLetters {

        private final RedisMessageListener broken = new RedisMessageListener() {
            @Override
            public void onMessage(org.redisqueue.RedisMessage message) {
                throw new IllegalStateException("out of stock");
            }
        };

        static class Broken {
            @RedisQueueListener(queue = "orders", properties = "maxDeliveries=2")
            void receive(String text) {
                throw new IllegalStateException("out of stock");
            }
        }

        @BeforeEach
        void fail() {
            queues.sender("orders").send(OutgoingMessage.of("book").id("a"));
            queues.deliverAll("orders", new Broken());
        }

        @Test
        void deadLetterIsFoundByItsReason() {
            assertThat(orders)
                    .hasDeadLetter("out of stock")
                    .hasDeadLetterSatisfying(
                            message -> assertThat(message.text()).isEqualTo("book"));
        }

        @Test
        void queueWithADeadLetterIsNotEmpty() {
            String state = """
                but it has 1 dead:
                  dead: a, failed deliveries: 2, reason: java.lang.IllegalStateException: out of stock, body book\
                """;
            fails(() -> assertThat(orders).isEmpty(), "Expecting queue 'orders' to be empty\n" + state);
            fails(
                    () -> assertThat(orders).hasNoDeadLetters(),
                    "Expecting queue 'orders' to have no dead letters\n" + state);
            fails(
                    () -> assertThat(orders).hasDeadLetter("lost"),
                    "Expecting queue 'orders' to have a dead letter whose reason contains\n  lost\n" + state);
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> assertThat(orders).hasMessage("book"));
        }

        @Test
        void requeuedDeliveriesStartFresh() {
            queues.clear();
            queues.sender("orders").send("pen");
            assertThat(queues.deliverAll("orders", broken))
                    .as("default of maxDeliveries")
                    .isEqualTo(5);
        }
    }

    @Nested
    class Hints {

        @Test
        void messagesOfOpenTransactionsAreMentioned() {
            queues.inTransaction(() -> {
                queues.sender("orders").send("x");
                fails(() -> assertThat(orders).hasMessage("x"), """
                    Expecting queue 'orders' to have a message with
                      body x
                    but it is empty.
                    Messages to it in transactions that have not committed: 1.\
                    """);
            });
        }

        @Test
        void messagesOfRolledBackTransactionsAreMentioned() {
            queues.inTransaction(() -> {
                queues.sender("orders").sendAll(java.util.List.of("x", "y"));
                queues.transactions().setRollbackOnly();
            });
            fails(() -> assertThat(orders).hasMessageCount(2), """
                Expecting queue 'orders' to have 2 messages
                but it is empty.
                Messages to it whose transactions were rolled back: 2.\
                """);
        }

        @Test
        void otherQueuesAreMentioned() {
            queues.sender("order").send("x");
            fails(() -> assertThat(orders).hasMessageCount(1), """
                Expecting queue 'orders' to have 1 message
                but it is empty.
                Queues that have messages: order.\
                """);
        }
    }

    @Nested
    class Waiting {

        @Test
        void assertionWaitsForOtherThreads() {
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(() -> queues.sender("orders").send("x"));
            assertThat(orders).eventually().hasMessage("x");
            assertThat(sent).isCompleted();
            CompletableFuture<Void> received =
                    CompletableFuture.runAsync(() -> queues.deliverAll("orders", (RedisMessageListener) message -> {}));
            assertThat(orders).becomesEmpty();
            assertThat(received).succeedsWithin(Duration.ofSeconds(10));
        }

        @Test
        void failureNamesTheTimeout() {
            queues.sender("orders").send(OutgoingMessage.of("x").id("a"));
            fails(() -> assertThat(orders).within(SHORT).becomesEmpty(), """
                Expecting queue 'orders' to be empty within 50 ms
                but it has 1 ready:
                  ready: a, body x\
                """);
        }
    }
}
