// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import jakarta.resource.cci.LocalTransaction;
import jakarta.resource.spi.LocalTransactionException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisqueue.DeadLetter;
import org.redisqueue.OnDuplicate;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.QueueCounts;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.admin.Place;
import org.redisqueue.spi.ListenerActivator;

/** What an application can rely on, whether its queues are in Redis or in memory. */
abstract class QueueContract {

    private static final Duration SOON = Duration.ofSeconds(10);

    /** Shorter than the five seconds after which a receiver looks for messages without having been notified. */
    private static final Duration WOKEN = Duration.ofSeconds(4);

    final String name = "contract-" + UUID.randomUUID();
    private final List<RedisQueueConnection> opened = new ArrayList<>();

    public record Order(String item, int quantity) {}

    public static class Unwritable {
        public String getItem() {
            throw new IllegalStateException("no item");
        }
    }

    /** Returns the connection factory under test. */
    abstract RedisQueueConnectionFactory factory();

    /** Returns a queue behind the connection factory. */
    abstract TestQueue queue(String queue);

    /** Binds a queue to a topic. */
    abstract void bind(String topic, String queue);

    /** Lets at least this time pass for the queues. */
    abstract void letTimePass(Duration time) throws InterruptedException;

    RedisQueueConnection connect() {
        RedisQueueConnection connection = factory().createConnection();
        opened.add(connection);
        return connection;
    }

    @AfterEach
    void close() {
        opened.forEach(RedisQueueConnection::close);
    }

    private RedisMessage receive() {
        return connect().receive(name, Duration.ZERO).orElseThrow();
    }

    @Test
    void messageSentWithoutATransactionIsReadyImmediately() {
        String id = connect().send(name, "hello");
        assertThat(queue(name)).hasOnlyMessages(OutgoingMessage.of("hello").id(id));
        assertThat(connect().counts(name)).isEqualTo(new QueueCounts(1, 0, 0));
    }

    @Test
    void messagesAreReceivedInTheOrderInWhichTheyWereSent() {
        List<String> ids = connect().sendAll(name, List.of("a", "b", "c"));
        assertThat(ids).hasSize(3).doesNotHaveDuplicates();
        assertThat(List.of(receive().text(), receive().text(), receive().text()))
                .containsExactly("a", "b", "c");
        assertThat(connect().receive(name, Duration.ZERO)).isEmpty();
    }

    private List<String> sendGrouped(String group, String... bodies) {
        return connect()
                .sendAll(
                        name,
                        Stream.of(bodies)
                                .map(body -> OutgoingMessage.of(body).group(group))
                                .toList());
    }

    @Test
    void messageOfAGroupIsReceivedWhenThePreviousOneWasAcknowledged() throws Exception {
        sendGrouped("a", "a1", "a2", "a3");
        sendGrouped("b", "b1");
        assertThat(connect().counts(name)).isEqualTo(new QueueCounts(2, 0, 0, 0, 2));

        RedisMessage first = receive();
        assertThat(first.text()).isEqualTo("a1");
        assertThat(first.group()).contains("a");
        assertThat(List.of(receive().text(), receive().text(), receive().text()))
                .containsExactly("b1", "a2", "a3");
    }

    @Test
    void messageOfAGroupWaitsForTheTransactionOfThePreviousOne() throws Exception {
        sendGrouped("a", "a1", "a2");
        RedisQueueConnection connection = connect();
        connection.getLocalTransaction().begin();
        assertThat(connection.receive(name, Duration.ZERO).orElseThrow().text()).isEqualTo("a1");

        assertThat(connect().receive(name, Duration.ZERO)).isEmpty();

        connection.getLocalTransaction().rollback();
        assertThat(queue(name)).eventually().hasCount(Place.REDELIVERING, 1).hasMessageCount(2);
        letTimePass(Duration.ofMillis(1_100));
        RedisMessage again = connection.receive(name, SOON).orElseThrow();
        assertThat(again.text()).isEqualTo("a1");
        assertThat(again.redelivered()).isTrue();
        assertThat(receive().text()).isEqualTo("a2");
    }

    @Test
    void expiredMessagesOfAGroupAreNotReceived() throws Exception {
        connect()
                .sendAll(
                        name,
                        Stream.of("a1", "a2", "a3")
                                .map(body -> OutgoingMessage.of(body).group("a").timeToLive(Duration.ofMinutes(1)))
                                .toList());
        assertThat(receive().text()).isEqualTo("a1");

        letTimePass(Duration.ofMinutes(2));

        assertThat(connect().receive(name, Duration.ZERO)).isEmpty();
        sendGrouped("a", "later");
        assertThat(receive().text()).isEqualTo("later");
    }

    @Test
    void messageWithAHigherPriorityIsReceivedFirst() {
        for (int priority : new int[] {-1, 0, 5, 0, 10, 5}) {
            connect().send(name, OutgoingMessage.of("priority " + priority).priority(priority));
        }

        assertThat(connect().counts(name)).isEqualTo(new QueueCounts(6, 0, 0));
        assertThat(Stream.generate(() -> receive().text()).limit(6))
                .containsExactly("priority 10", "priority 5", "priority 5", "priority 0", "priority 0", "priority -1");
    }

    @Test
    void messageWithoutAGroupHasNone() {
        connect().send(name, "hello");

        assertThat(receive().group()).isEmpty();
    }

    @Test
    void sendingNothingHasNoEffect() {
        assertThat(connect().sendAll(name, List.of())).isEmpty();
        assertThat(queue(name)).isEmpty();
    }

    @Test
    void publishedMessageIsSentToEachBoundQueueWithTheSameId() {
        bind(name, name + ".a");
        bind(name, name + ".b");
        String id = connect().publish(name, OutgoingMessage.of("hello").header("Order-Id", "17"));
        for (String bound : List.of(name + ".a", name + ".b")) {
            assertThat(queue(bound))
                    .hasOnlyMessages(
                            OutgoingMessage.of("hello").header("Order-Id", "17").id(id));
        }
        assertThat(queue(name)).isEmpty();
        connect().receive(name + ".a", Duration.ZERO).orElseThrow();
        assertThat(queue(name + ".b")).hasMessage("hello");
    }

    @Test
    void messagesArePublishedInOrder() {
        bind(name, name + ".a");
        bind(name, name + ".b");
        assertThat(connect().publishAll(name, List.of("a", "b"))).hasSize(2).doesNotHaveDuplicates();
        assertThat(connect().publishAll(name, List.of())).isEmpty();
        for (String bound : List.of(name + ".a", name + ".b")) {
            assertThat(connect().receive(bound, Duration.ZERO).orElseThrow().text())
                    .isEqualTo("a");
            assertThat(connect().receive(bound, Duration.ZERO).orElseThrow().text())
                    .isEqualTo("b");
        }
    }

    @Test
    void publishedMessageIsScheduledInEachQueue() throws Exception {
        bind(name, name + ".a");
        bind(name, name + ".b");
        String id = connect().publish(name, OutgoingMessage.of("later").delay(Duration.ofHours(1)));
        assertThat(connect().receive(name + ".a", Duration.ZERO)).isEmpty();

        assertThat(connect().cancelScheduled(name + ".a", id)).isTrue();
        letTimePass(Duration.ofMinutes(61));

        assertThat(connect().receive(name + ".a", Duration.ZERO)).isEmpty();
        assertThat(connect().receive(name + ".b", Duration.ZERO).map(RedisMessage::id))
                .contains(id);
    }

    @Test
    void publishedMessagesAreSentWhenTheTransactionCommits() throws Exception {
        bind(name, name + ".a");
        bind(name, name + ".b");
        RedisQueueConnection connection = connect();
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.publish(name, "undone");
        transaction.rollback();
        transaction.begin();
        connection.publish(name, "done");
        assertThat(queue(name + ".a")).isEmpty();
        bind(name, name + ".late");
        transaction.commit();
        assertThat(queue(name + ".a")).hasOnlyMessages("done");
        assertThat(queue(name + ".b")).hasOnlyMessages("done");
        assertThat(queue(name + ".late")).isEmpty();
    }

    @Test
    void publishingToATopicWithoutBindingsSendsNothing() {
        assertThat(connect().publish(name, "hello")).isNotEmpty();
        assertThat(queue(name)).isEmpty();
    }

    @Test
    void invalidTopicIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connect().publish("a b", "x"))
                .withMessageStartingWith("RQ-106 Invalid topic name 'a b'");
    }

    @Test
    void publishingTheIdThatTheTransactionConsumesAddsNothing() throws Exception {
        bind(name, name + ".a");
        bind(name, name + ".b");
        RedisQueueConnection connection = connect();
        String id = connection.send(name + ".b", "first");
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.receive(name + ".b", Duration.ZERO).orElseThrow();
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() ->
                        connection.publish(name, OutgoingMessage.of("again").id(id)))
                .withMessageStartingWith("RQ-124 ");
        transaction.commit();
        assertThat(queue(name + ".a")).isEmpty();
        assertThat(queue(name + ".b")).isEmpty();
    }

    @Test
    void messageIsReceivedAsItWasSent() {
        Instant before = Instant.now();
        connect()
                .send(
                        name,
                        OutgoingMessage.of("grün")
                                .id("order-1")
                                .header("Locale", "de")
                                .header("note", " ä ö "));
        RedisMessage message = receive();
        assertThat(message.id()).isEqualTo("order-1");
        assertThat(message.queue()).isEqualTo(name);
        assertThat(message.text()).isEqualTo("grün");
        assertThat(message.bytes()).isEqualTo("grün".getBytes(StandardCharsets.UTF_8));
        assertThat(message.headers()).isEqualTo(Map.of("Locale", "de", "note", "ä ö"));
        assertThat(message.header("LOCALE")).contains("de");
        assertThat(message.header("missing")).isEmpty();
        assertThat(message.deliveryCount()).isEqualTo(1);
        assertThat(message.redelivered()).isFalse();
        assertThat(message.sentAt()).hasValueSatisfying(at -> assertThat(at).isBetween(before, Instant.now()));
        assertThat(message).hasToString("RedisMessage[" + name + "/order-1, delivery 1]");
    }

    @Test
    void bodiesAreTextBytesOrJson() {
        byte[] binary = {0, -1, 'R', 'Q'};
        connect().sendAll(name, List.of("RQ/1", binary, new Order("book", 2), List.of(1, 2)));
        assertThat(receive().text()).isEqualTo("RQ/1");
        assertThat(receive().bytes()).isEqualTo(binary);
        assertThat(receive().json(Order.class)).isEqualTo(new Order("book", 2));
        assertThat(receive().text()).isEqualTo("[1,2]");
    }

    @Test
    void bodyIsACopy() {
        byte[] body = {1};
        connect().send(name, body);
        body[0] = 2;
        RedisMessage message = receive();
        message.bytes()[0] = 3;
        assertThat(message.bytes()).containsExactly(1);
    }

    @Test
    void unreadableBodyIsReportedWithoutQuotingIt() {
        connect().send(name, "[secret]");
        RedisMessage message = receive();
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> message.json(Order.class))
                .withMessageStartingWith("RQ-113 The body cannot be deserialized from JSON as " + Order.class.getName())
                .satisfies(e -> assertThat(e).message().doesNotContain("secret"));
    }

    @Test
    void objectThatCannotBeSerializedIsNotSent() {
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connect().sendAll(name, List.of("first", new Unwritable())))
                .withMessageStartingWith("RQ-112 ");
        assertThat(queue(name)).isEmpty();
    }

    @Test
    void invalidArgumentsAreRejected() {
        RedisQueueConnection connection = connect();
        for (String queue : Arrays.asList("no spaces", "", null)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> connection.send(queue, "x"))
                    .withMessage("RQ-106 Invalid queue name '" + queue
                            + "': must be 1 to 200 characters from A-Z a-z 0-9 . _ : -, optionally after a hash tag such as"
                            + " {shop}");
            assertThatIllegalArgumentException().isThrownBy(() -> connection.receive(queue, Duration.ZERO));
            assertThatIllegalArgumentException().isThrownBy(() -> connection.counts(queue));
            assertThatIllegalArgumentException().isThrownBy(() -> connection.deadLetters(queue, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> connection.cancelScheduled(queue, "a"));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.receive(name, Duration.ofHours(2)))
                .withMessage("RQ-119 The timeout is PT2H, but must be 0 to 1 hour.");
        assertThatIllegalArgumentException().isThrownBy(() -> connection.receive(name, Duration.ofMillis(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.deadLetters(name, 0))
                .withMessage("RQ-119 The limit is 0, but must be 1 to 10,000.");
        assertThatIllegalArgumentException().isThrownBy(() -> connection.deadLetters(name, 10_001));
        assertThatNullPointerException().isThrownBy(() -> connection.send(name, null));
        assertThatIllegalArgumentException().isThrownBy(() -> connection.cancelScheduled(name, "no spaces"));
        assertThat(queue(name)).isEmpty();
    }

    @Test
    void messageThatExceedsALimitIsRejected() {
        RedisQueueConnection connection = connect();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.send(name, new byte[10_485_760]))
                .withMessageStartingWith("RQ-114 The message for queue '" + name + "' is too large: ")
                .withMessageEndingWith(" but maxMessageSize is 10485760 bytes.");
        OutgoingMessage manyHeaders = OutgoingMessage.of("x");
        for (int i = 0; i < 200; i++) {
            manyHeaders.header("h" + i, "");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.send(name, manyHeaders))
                .withMessageStartingWith("RQ-129 ");
        assertThat(queue(name)).isEmpty();
    }

    @Test
    void messageWithAnIdInUseIsNotSentAgain() {
        RedisQueueConnection connection = connect();
        assertThat(connection.send(name, OutgoingMessage.of("first").id("a"))).isEqualTo("a");
        assertThat(connection.send(name, OutgoingMessage.of("second").id("a"))).isEqualTo("a");
        assertThat(queue(name)).hasOnlyMessages("first");
        receive();
        connection.send(name, OutgoingMessage.of("third").id("a"));
        assertThat(queue(name)).hasOnlyMessages("third");
    }

    private static OutgoingMessage keyed(String id, String key, OnDuplicate onDuplicate) {
        return OutgoingMessage.of(id)
                .id(id)
                .deduplicationKey(key, Duration.ofMinutes(5))
                .onDuplicate(onDuplicate);
    }

    @ParameterizedTest
    @EnumSource
    void ofMessagesWithOneDeduplicationKeyTheFirstIsKept(OnDuplicate onDuplicate) {
        RedisQueueConnection connection = connect();
        assertThat(connection.send(name, keyed("a", "k", onDuplicate))).isEqualTo("a");
        assertThat(connection.send(name, keyed("b", "k", onDuplicate))).isEqualTo("a");
        assertThat(connection.sendAll(
                        name,
                        List.of(
                                keyed("c", "k", onDuplicate),
                                keyed("d", "l", onDuplicate),
                                OutgoingMessage.of("e").id("e"),
                                keyed("f", "l", onDuplicate))))
                .containsExactly("a", "d", "e", "d");
        assertThat(queue(name)).hasOnlyMessages("a", "d", "e");
        assertThat(connection.send(name + ".other", keyed("g", "k", onDuplicate)))
                .isEqualTo("g");
    }

    @Test
    void deduplicationKeyOutlivesItsMessageUntilTheWindowEnds() throws Exception {
        OutgoingMessage first = OutgoingMessage.of("a").id("a").deduplicationKey("k", Duration.ofMinutes(5));
        connect().send(name, first);
        receive();
        assertThat(connect().send(name, keyed("b", "k", OnDuplicate.DROP))).isEqualTo("a");
        assertThat(queue(name)).isEmpty();
        letTimePass(Duration.ofMinutes(6));
        assertThat(connect().send(name, keyed("c", "k", OnDuplicate.DROP))).isEqualTo("c");
        assertThat(queue(name)).hasOnlyMessages("c");
    }

    @ParameterizedTest
    @EnumSource
    void transactionKnowsTheDeduplicationKeysOfEarlierMessages(OnDuplicate onDuplicate) throws Exception {
        connect().send(name, keyed("a", "k", onDuplicate));
        RedisQueueConnection connection = connect();
        connection.getLocalTransaction().begin();
        assertThat(connection.send(name, keyed("b", "k", onDuplicate))).isEqualTo("a");
        assertThat(connection.send(name, keyed("c", "l", onDuplicate))).isEqualTo("c");
        assertThat(connection.send(name, keyed("d", "l", onDuplicate))).isEqualTo("c");
        connection.getLocalTransaction().commit();
        assertThat(queue(name)).hasOnlyMessages("a", "c");
    }

    @Test
    void transactionDropsAMessageWhoseDeduplicationKeyWasTakenMeanwhile() throws Exception {
        RedisQueueConnection connection = connect();
        connection.getLocalTransaction().begin();
        assertThat(connection.send(name, keyed("a", "k", OnDuplicate.DROP))).isEqualTo("a");
        connection.send(name, OutgoingMessage.of("b"));
        connect().send(name, keyed("c", "k", OnDuplicate.DROP));
        connection.getLocalTransaction().commit();
        assertThat(queue(name)).hasOnlyMessages("c", "b");
    }

    @Test
    void transactionRollsBackIfADeduplicationKeyWasTakenMeanwhile() throws Exception {
        connect().send(name, OutgoingMessage.of("in").id("in"));
        RedisQueueConnection connection = connect();
        connection.getLocalTransaction().begin();
        connection.receive(name, Duration.ZERO);
        connection.send(name, keyed("a", "k", OnDuplicate.ROLLBACK));
        connection.send(name, OutgoingMessage.of("b"));
        connect().send(name, keyed("c", "k", OnDuplicate.ROLLBACK));
        assertThatExceptionOfType(LocalTransactionException.class)
                .isThrownBy(() -> connection.getLocalTransaction().commit())
                .withMessageStartingWith("RQ-139 ")
                .withMessageContaining("deduplication key 'k' of queue '" + name + "' belongs to message 'c'");
        assertThat(queue(name)).eventually().hasCount(Place.REDELIVERING, 1).hasCount(Place.READY, 1);
        connection.getLocalTransaction().begin();
        assertThat(connection.send(name, keyed("a", "k", OnDuplicate.ROLLBACK)))
                .as("the transaction again")
                .isEqualTo("c");
        connection.getLocalTransaction().commit();
    }

    @Test
    void rolledBackTransactionKeepsNoDeduplicationKey() throws Exception {
        RedisQueueConnection connection = connect();
        connection.getLocalTransaction().begin();
        connection.send(name, keyed("a", "k", OnDuplicate.ROLLBACK));
        connection.getLocalTransaction().rollback();
        assertThat(connection.send(name, keyed("b", "k", OnDuplicate.ROLLBACK))).isEqualTo("b");
    }

    @Test
    void invalidDeduplicationKeysAreRejected() {
        OutgoingMessage message = OutgoingMessage.of("x");
        for (String key : List.of("", "a b", "ä", "x".repeat(201))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> message.deduplicationKey(key, Duration.ofMinutes(1)))
                    .withMessageStartingWith("RQ-138 Invalid deduplication key '");
        }
        for (Duration window : List.of(Duration.ZERO, Duration.ofMinutes(-1), Duration.ofDays(3_651))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> message.deduplicationKey("k", window))
                    .withMessage("RQ-138 The deduplication window is " + window + ", but must be 1 ms to 3,650 days.");
        }
        assertThat(message.deduplicationKey()).isEmpty();
    }

    @Test
    void expiredMessageIsNotReceived() throws InterruptedException {
        RedisQueueConnection connection = connect();
        connection.send(name, OutgoingMessage.of("x").timeToLive(Duration.ofMillis(1)));
        connection.send(name, OutgoingMessage.of("y").timeToLive(Duration.ofHours(1)));
        letTimePass(Duration.ofMillis(5));
        assertThat(receive().text()).isEqualTo("y");
        assertThat(connection.receive(name, Duration.ZERO)).isEmpty();
        assertThat(queue(name)).isEmpty();
    }

    @Test
    void scheduledMessageIsReceivedWhenItIsDue() throws InterruptedException {
        RedisQueueConnection connection = connect();
        connection.send(name, OutgoingMessage.of("in an hour").delay(Duration.ofHours(1)));
        connection.send(name, OutgoingMessage.of("in two hours").delay(Duration.ofHours(2)));
        connection.send(name, OutgoingMessage.of("now").deliverAt(Instant.EPOCH));
        connection.send(name, OutgoingMessage.of("also now").delay(Duration.ZERO));

        assertThat(connection.counts(name)).isEqualTo(new QueueCounts(2, 0, 0, 2, 0));
        assertThat(queue(name)).hasCount(Place.SCHEDULED, 2).hasMessageCount(4);
        assertThat(receive().text()).isEqualTo("now");
        assertThat(receive().text()).isEqualTo("also now");
        assertThat(connection.receive(name, Duration.ZERO)).isEmpty();
        letTimePass(Duration.ofMinutes(61));
        assertThat(receive().text()).isEqualTo("in an hour");
        assertThat(connection.receive(name, Duration.ZERO)).isEmpty();
        letTimePass(Duration.ofMinutes(61));
        assertThat(receive().text()).isEqualTo("in two hours");
    }

    @Test
    void receiveWaitsForAScheduledMessage() {
        RedisQueueConnection connection = connect();
        connection.send(name, OutgoingMessage.of("soon").delay(Duration.ofSeconds(2)));

        assertThat(connection.receive(name, Duration.ofMillis(10))).isEmpty();
        long start = System.nanoTime();
        assertThat(connection.receive(name, SOON).map(RedisMessage::text)).contains("soon");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WOKEN);
    }

    @Test
    void messageThatIsScheduledMeanwhileIsReceivedInTime() {
        RedisQueueConnection receiver = connect();
        CompletableFuture<Optional<String>> received = CompletableFuture.supplyAsync(
                () -> receiver.receive(name, Duration.ofMinutes(1)).map(RedisMessage::text));
        connect().send(name, OutgoingMessage.of("soon").delay(Duration.ofMillis(300)));

        assertThat(received).as("without waiting for the next check").succeedsWithin(WOKEN);
        assertThat(received).isCompletedWithValue(Optional.of("soon"));
    }

    @Test
    void delayStartsWhenTheTransactionCommits() throws Exception {
        RedisQueueConnection connection = connect();
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.send(name, OutgoingMessage.of("x").id("a").delay(Duration.ofHours(1)));
        assertThat(connection.cancelScheduled(name, "a"))
                .as("not yet scheduled")
                .isFalse();
        letTimePass(Duration.ofMinutes(61));
        transaction.commit();

        assertThat(queue(name)).hasCount(Place.SCHEDULED, 1).hasMessageCount(1);
        assertThat(connection.receive(name, Duration.ZERO)).isEmpty();
        letTimePass(Duration.ofMinutes(61));
        assertThat(receive().text()).isEqualTo("x");
    }

    @Test
    void rollbackSchedulesNothing() throws Exception {
        RedisQueueConnection connection = connect();
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.send(name, OutgoingMessage.of("x").delay(Duration.ofHours(1)));
        transaction.rollback();

        assertThat(queue(name)).isEmpty();
    }

    @Test
    void timeToLiveOfAScheduledMessageStartsWhenItIsDue() throws InterruptedException {
        RedisQueueConnection connection = connect();
        connection.send(name, OutgoingMessage.of("x").delay(Duration.ofHours(1)).timeToLive(Duration.ofMinutes(30)));
        connection.send(name, OutgoingMessage.of("y").delay(Duration.ofHours(1)).timeToLive(Duration.ofHours(2)));

        letTimePass(Duration.ofMinutes(45));
        assertThat(queue(name)).hasCount(Place.SCHEDULED, 2);
        letTimePass(Duration.ofMinutes(60));
        assertThat(receive().text()).isEqualTo("y");
        assertThat(connection.receive(name, Duration.ZERO)).isEmpty();
        assertThat(queue(name)).isEmpty();
    }

    @Test
    void scheduledMessageCanBeCanceledUntilItIsReady() throws Exception {
        RedisQueueConnection connection = connect();
        String first = connection.send(name, OutgoingMessage.of("first").delay(Duration.ofHours(1)));
        String second = connection.send(name, OutgoingMessage.of("second").delay(Duration.ofHours(1)));
        String ready = connection.send(name, "ready");

        assertThat(connection.cancelScheduled(name, first)).isTrue();
        assertThat(connection.cancelScheduled(name, first)).isFalse();
        assertThat(connection.cancelScheduled(name, ready)).isFalse();
        assertThat(connection.cancelScheduled(name, "unknown")).isFalse();
        assertThat(queue(name)).hasMessageCount(2);
        receive();
        letTimePass(Duration.ofMinutes(61));
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        assertThat(connection.receive(name, Duration.ZERO).map(RedisMessage::id))
                .contains(second);
        assertThat(connection.cancelScheduled(name, second)).isFalse();
        transaction.commit();
        assertThat(queue(name)).isEmpty();
    }

    @Test
    void cancellationIsNotPartOfTheTransaction() throws Exception {
        RedisQueueConnection connection = connect();
        String id = connection.send(name, OutgoingMessage.of("x").delay(Duration.ofHours(1)));
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        assertThat(connection.cancelScheduled(name, id)).isTrue();
        transaction.rollback();

        assertThat(queue(name)).isEmpty();
    }

    @Test
    void scheduledMessageKeepsItsId() {
        RedisQueueConnection connection = connect();
        connection.send(name, OutgoingMessage.of("first").id("a").delay(Duration.ofHours(1)));
        connection.send(name, OutgoingMessage.of("second").id("a"));

        assertThat(queue(name)).hasCount(Place.SCHEDULED, 1).hasMessageCount(1);
        assertThat(connection.cancelScheduled(name, "a")).isTrue();
        connection.send(name, OutgoingMessage.of("third").id("a"));
        assertThat(queue(name)).hasOnlyMessages("third");
    }

    @Test
    void timesThatAreOutOfRangeAreRejected() {
        OutgoingMessage message = OutgoingMessage.of("x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.delay(Duration.ofMillis(-1)))
                .withMessage("RQ-136 The delay is PT-0.001S, but must be 0 to 3,650 days.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.deliverAt(Instant.MAX))
                .withMessageStartingWith("RQ-136 ");
        assertThat(message.delay()).isEmpty();
        assertThat(message.deliverAt(Instant.MIN).delay(Duration.ofDays(3_650)).deliverAt())
                .isEmpty();
    }

    @Test
    void receiveReturnsAsSoonAsAMessageArrives() {
        RedisQueueConnection receiver = connect();
        CompletableFuture<Optional<String>> received = CompletableFuture.supplyAsync(
                () -> receiver.receive(name, Duration.ofMinutes(1)).map(RedisMessage::text));
        connect().send(name, "hello");
        assertThat(received).as("without waiting for the next check").succeedsWithin(WOKEN);
        assertThat(received).isCompletedWithValue(Optional.of("hello"));
    }

    @Test
    void receiveReturnsNothingAfterItsTimeout() {
        long start = System.nanoTime();
        assertThat(connect().receive(name, Duration.ofMillis(100))).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void interruptionEndsReceive() {
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(RedisQueueException.class)
                    .isThrownBy(() -> connect().receive(name, Duration.ofMinutes(1)))
                    .withMessage("RQ-123 The thread was interrupted while receiving from queue '" + name + "'.");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void commitPublishesAndAcknowledges() throws Exception {
        connect().send(name, OutgoingMessage.of("in").id("a"));
        RedisQueueConnection connection = connect();
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        assertThat(connection.receive(name, Duration.ZERO)).isPresent();
        String id = connection.send(name, "out");
        assertThat(connection.counts(name)).isEqualTo(new QueueCounts(0, 1, 0));
        assertThat(queue(name)).hasCount(Place.DELIVERING, 1).hasMessageCount(1);
        transaction.commit();
        assertThat(queue(name)).hasOnlyMessages(OutgoingMessage.of("out").id(id));
    }

    @Test
    void rollbackSendsNothingAndRedelivers() throws Exception {
        connect().send(name, OutgoingMessage.of("in").id("a"));
        RedisQueueConnection connection = connect();
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.receive(name, Duration.ZERO);
        connection.send(name, "out");
        transaction.rollback();
        assertThat(queue(name)).eventually().hasCount(Place.REDELIVERING, 1).hasMessageCount(1);
        letTimePass(Duration.ofMillis(1_100));
        RedisMessage again = connection.receive(name, SOON).orElseThrow();
        assertThat(again.id()).isEqualTo("a");
        assertThat(again.deliveryCount()).isEqualTo(2);
        assertThat(again.redelivered()).isTrue();
    }

    @Test
    void localTransactionCannotBeBegunOrEndedTwice() throws Exception {
        LocalTransaction transaction = connect().getLocalTransaction();
        assertThatExceptionOfType(LocalTransactionException.class)
                .isThrownBy(transaction::commit)
                .withMessage("RQ-122 No local transaction is active.");
        transaction.begin();
        assertThatExceptionOfType(LocalTransactionException.class)
                .isThrownBy(transaction::begin)
                .withMessage("RQ-122 A local transaction is already active.");
        transaction.rollback();
        assertThatExceptionOfType(LocalTransactionException.class)
                .isThrownBy(transaction::rollback)
                .withMessage("RQ-122 No local transaction is active.");
    }

    @Test
    void closingAConnectionRollsBackItsLocalTransaction() throws Exception {
        RedisQueueConnection connection = connect();
        connection.getLocalTransaction().begin();
        connection.send(name, "lost");
        connection.close();
        assertThat(queue(name)).isEmpty();
    }

    @Test
    void transactionCannotSendTheMessageThatItConsumes() throws Exception {
        connect().send(name, OutgoingMessage.of("in").id("a"));
        RedisQueueConnection connection = connect();
        connection.getLocalTransaction().begin();
        connection.receive(name, Duration.ZERO);
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(
                        () -> connection.send(name, OutgoingMessage.of("again").id("a")))
                .withMessage("RQ-124 Message 'a' of queue '" + name + "' is consumed by this transaction, which cannot"
                        + " send a message with the same id to this queue. Use a different id.");
    }

    @Test
    void messageThatCannotJoinTheTransactionIsReleased() throws Exception {
        RedisQueueConnection connection = connect();
        connection.getLocalTransaction().begin();
        connection.send(name, OutgoingMessage.of("mine").id("a"));
        connect().send(name, OutgoingMessage.of("theirs").id("a"));
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.receive(name, Duration.ZERO))
                .withMessageStartingWith("RQ-124 ");
        connection.getLocalTransaction().rollback();
        assertThat(receive()).satisfies(message -> {
            assertThat(message.text()).isEqualTo("theirs");
            assertThat(message.deliveryCount()).isEqualTo(1);
        });
    }

    @Test
    void messageBecomesADeadLetterAfterItsFifthFailure() throws Exception {
        Instant before = Instant.now().minusSeconds(1);
        connect().send(name, OutgoingMessage.of("x").id("a"));
        RedisQueueConnection connection = connect();
        for (int failure = 1; failure <= 5; failure++) {
            connection.getLocalTransaction().begin();
            RedisMessage message =
                    connection.receive(name, Duration.ofSeconds(30)).orElseThrow();
            assertThat(message.deliveryCount()).isEqualTo(failure);
            connection.getLocalTransaction().rollback();
            assertThat(queue(name)).eventually().hasCount(Place.DELIVERING, 0);
            if (failure < 5) {
                letTimePass(Duration.ofMillis(1_100L << failure - 1));
            }
        }
        assertThat(queue(name))
                .hasDeadLetter("The transaction that received the message was rolled back")
                .hasDeadLetterSatisfying(
                        message -> assertThat(message.deliveryCount()).isEqualTo(5));
        assertThat(connection.counts(name)).isEqualTo(new QueueCounts(0, 0, 1));
        List<DeadLetter> letters = connection.deadLetters(name, 10);
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.id()).isEqualTo("a");
            assertThat(letter.deliveries()).isEqualTo(5);
            assertThat(letter.reason()).isEqualTo("The transaction that received the message was rolled back");
            assertThat(letter.at()).isAfter(before);
        });
        connection.send(name, OutgoingMessage.of("y").id("a"));
        assertThat(queue(name)).as("the id of a dead letter is in use").hasMessageCount(0);
    }

    @Test
    void mostRecentDeadLetterIsListedFirst() throws Exception {
        connect()
                .sendAll(
                        name,
                        List.of(
                                OutgoingMessage.of("x").id("a"),
                                OutgoingMessage.of("y").id("b")));
        RedisQueueConnection connection = connect();
        while (connection.counts(name).dead() < 2) {
            connection.getLocalTransaction().begin();
            connection.receive(name, Duration.ofSeconds(30)).orElseThrow();
            connection.getLocalTransaction().rollback();
            assertThat(queue(name)).eventually().hasCount(Place.DELIVERING, 0);
            letTimePass(Duration.ofMillis(20_000));
        }
        List<DeadLetter> letters = connection.deadLetters(name, 10);
        assertThat(letters).extracting(DeadLetter::id).containsExactlyInAnyOrder("a", "b");
        assertThat(letters.get(0).at()).isAfterOrEqualTo(letters.get(1).at());
        assertThat(connection.deadLetters(name, 1)).isEqualTo(letters.subList(0, 1));
        assertThat(queue(name).deadLetters())
                .extracting(RedisMessage::id)
                .containsExactly(letters.get(0).id(), letters.get(1).id());
    }

    @Test
    void closedConnectionIsReported() {
        RedisQueueConnection connection = connect();
        connection.close();
        connection.close();
        List<Runnable> calls = List.of(
                () -> connection.send("no spaces", "x"),
                () -> connection.sendAll(name, List.of()),
                () -> connection.receive(name, Duration.ZERO),
                () -> connection.counts(name),
                () -> connection.cancelScheduled(name, "a"),
                () -> connection.deadLetters(name, 1),
                connection::getLocalTransaction,
                () -> connection.unwrap(String.class));
        for (Runnable call : calls) {
            assertThatExceptionOfType(RedisQueueException.class)
                    .isThrownBy(call::run)
                    .withMessage("RQ-120 The connection is closed. Create a new connection.");
        }
    }

    @Test
    void connectionCanBeUnwrappedOnlyAsItsClient() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connect().unwrap(String.class))
                .withMessageStartingWith("RQ-121 ");
    }

    @Test
    void operatorsAndActivationsNeedAResourceAdapter() {
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> factory().admin())
                .withMessageStartingWith("RQ-127 ");
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> ((ListenerActivator) factory())
                        .activate("listener", Map.of("queue", name), true, false, delivery -> null))
                .withMessageStartingWith("RQ-127 ");
    }

    @Test
    void connectionsMayBeUsedByDifferentThreadsAtTheSameTime() {
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            RedisQueueConnection connection = connect();
            senders.add(CompletableFuture.runAsync(() -> {
                for (int j = 0; j < 50; j++) {
                    connection.send(name, "x");
                }
            }));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(senders.toArray(CompletableFuture[]::new));
        assertThat(all).succeedsWithin(60, TimeUnit.SECONDS);
        assertThat(queue(name)).hasMessageCount(200);
    }
}
