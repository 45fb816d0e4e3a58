// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import jakarta.resource.ResourceException;
import jakarta.resource.cci.LocalTransaction;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.LocalTransactionException;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.security.PasswordCredential;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;
import org.jboss.tm.XAResourceWrapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.QueueCounts;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.FaultyWire;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestRedis;
import org.redisson.api.RedissonClient;

/** Connections outside of a container, and the calls of a container's pool. */
class ConnectionTest {

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final List<RedisQueueConnection> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(RedisQueueConnection::close);
    }

    public record Order(String item, int quantity) {}

    private static RedisManagedConnectionFactory factory(String address) {
        RedisManagedConnectionFactory factory = new RedisManagedConnectionFactory();
        factory.setAddresses(address);
        return factory;
    }

    private RedisQueueConnection connect() throws ResourceException {
        return connect(factory(redis.address()));
    }

    private RedisQueueConnection connect(RedisManagedConnectionFactory factory) throws ResourceException {
        RedisQueueConnection connection =
                ((RedisQueueConnectionFactory) factory.createConnectionFactory()).createConnection();
        opened.add(connection);
        return connection;
    }

    @Test
    void messageSentWithoutATransactionIsReadyImmediately() throws ResourceException {
        String id = connect().send(queue.name(), "hello");
        assertThat(queue.ready()).isEqualTo(List.of(id));
        assertThat(queue.value(id)).startsWith("RQ/1\r\nsent: ").endsWith("\r\n\r\nhello");
    }

    @Test
    void receiveRespectsTheLimitsOfTheQueue() throws ResourceException {
        RedisQueueConnection connection = connect();
        connection.sendAll(queue.name(), List.of("a", "b", "c"));
        redis.call("HSET", queue.key("settings"), "rateLimit", "1/h");

        assertThat(connection.receive(queue.name(), Duration.ZERO)).isPresent();
        assertThat(connection.receive(queue.name(), Duration.ZERO)).isEmpty();
        long start = System.nanoTime();
        assertThat(connection.receive(queue.name(), Duration.ofMillis(300))).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(290));
        assertThat(queue.ready()).hasSize(2);
    }

    @Test
    void receiveWaitsUntilTheRatePermitsAMessage() throws ResourceException {
        RedisQueueConnection connection = connect();
        connection.sendAll(queue.name(), List.of("a", "b"));
        redis.call("HSET", queue.key("settings"), "rateLimit", "5/s");

        assertThat(connection.receive(queue.name(), Duration.ofSeconds(10))).isPresent();
        assertThat(connection.receive(queue.name(), Duration.ofSeconds(10))).isPresent();
    }

    @Test
    void messagesAreSentInOrder() throws ResourceException {
        RedisQueueConnection connection = connect();
        List<String> ids = connection.sendAll(queue.name(), List.of("a", "b", "c"));
        assertThat(ids).hasSize(3).doesNotHaveDuplicates();
        for (String body : List.of("a", "b", "c")) {
            assertThat(connection.receive(queue.name(), Duration.ZERO))
                    .map(RedisMessage::text)
                    .contains(body);
        }
    }

    @Test
    void messageIsReceivedAsItWasSent() throws ResourceException {
        RedisQueueConnection connection = connect();
        Instant before = Instant.now();
        connection.send(
                queue.name(),
                OutgoingMessage.of("grün").id("order-1").header("Locale", "de").header("note", "ä ö"));
        RedisMessage message = connection.receive(queue.name(), Duration.ZERO).orElseThrow();
        assertThat(message.id()).isEqualTo("order-1");
        assertThat(message.queue()).isEqualTo(queue.name());
        assertThat(message.text()).isEqualTo("grün");
        assertThat(message.bytes()).isEqualTo("grün".getBytes(StandardCharsets.UTF_8));
        assertThat(message.headers()).isEqualTo(Map.of("Locale", "de", "note", "ä ö"));
        assertThat(message.header("LOCALE")).contains("de");
        assertThat(message.deliveryCount()).isEqualTo(1);
        assertThat(message.redelivered()).isFalse();
        assertThat(message.sentAt()).hasValueSatisfying(at -> assertThat(at).isBetween(before, Instant.now()));
    }

    @Test
    void objectsAreSentAsJson() throws ResourceException {
        RedisQueueConnection connection = connect();
        String id = connection.send(queue.name(), new Order("book", 2));
        assertThat(queue.value(id)).endsWith("\r\n\r\n{\"item\":\"book\",\"quantity\":2}");
        connection.send(queue.name(), "[1]");
        assertThat(connection.receive(queue.name(), Duration.ZERO).orElseThrow().json(Order.class))
                .isEqualTo(new Order("book", 2));
        RedisMessage other = connection.receive(queue.name(), Duration.ZERO).orElseThrow();
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> other.json(Order.class))
                .withMessageStartingWith("RQ-113 ");
    }

    @Test
    void receiveReturnsAsSoonAsAMessageArrives() throws ResourceException {
        RedisQueueConnection connection = connect();
        String others = QueueProbe.create(redis).name();
        assertThat(connection.receive(others, Duration.ofMillis(50))).isEmpty();
        await().until(() -> waitingClients() == 0);
        CompletableFuture<String> received = CompletableFuture.supplyAsync(() -> connection
                .receive(queue.name(), Duration.ofMinutes(1))
                .orElseThrow()
                .text());
        await().until(() -> waitingClients() == 1);
        queue.push("plain", "value");
        assertThat(received).succeedsWithin(Duration.ofSeconds(4)).isEqualTo("value");
        assertThat(queue.isGone()).isTrue();
    }

    @Test
    void receivingFromManyQueuesLeavesConnectionsForOthers() throws ResourceException {
        RedisQueueConnection connection = connect();
        int many = 64 + 10; // more than there are connections
        ExecutorService receivers = Executors.newFixedThreadPool(many);
        try {
            for (int i = 0; i < many; i++) {
                RedisQueueConnection waiting = connect();
                String empty = QueueProbe.create(redis).name();
                receivers.submit(() -> waiting.receive(empty, Duration.ofMinutes(1)));
            }
            await().until(() -> waitingClients() >= 32);
            connection.send(queue.name(), "value");
            assertThat(connection.receive(queue.name(), Duration.ZERO)).isPresent();
        } finally {
            receivers.shutdownNow();
        }
    }

    private long waitingClients() {
        return ((String) redis.call("CLIENT", "LIST"))
                .lines()
                .filter(client -> client.contains(" flags=b") && client.contains(" cmd=blmove"))
                .count();
    }

    @Test
    void receiveFromAPausedQueueDoesNotWaitInRedis() throws ResourceException {
        redis.call("SET", queue.key("paused"), "1");
        queue.push("a", "value");
        RedisQueueConnection connection = connect();
        connection.receive(queue.name(), Duration.ZERO); // the first one also tries the rights of the user
        long before = blockingCalls();
        assertThat(connection.receive(queue.name(), Duration.ofMillis(300))).isEmpty();
        assertThat(blockingCalls()).isEqualTo(before);
        redis.call("DEL", queue.key("paused"));
        assertThat(connect().receive(queue.name(), Duration.ZERO)).isPresent();
    }

    private long blockingCalls() {
        Matcher matcher =
                Pattern.compile("cmdstat_blmove:calls=(\\d+)").matcher((String) redis.call("INFO", "commandstats"));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    @Test
    void messageThatCannotJoinTheTransactionIsReleased() throws Exception {
        RedisQueueConnection connection = connect();
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.send(queue.name(), OutgoingMessage.of("mine").id("a"));
        queue.push("a", "theirs");
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.receive(queue.name(), Duration.ZERO))
                .withMessageStartingWith("RQ-124 ");
        transaction.rollback();
        assertThat(connect().receive(queue.name(), Duration.ZERO))
                .map(RedisMessage::text)
                .contains("theirs");
    }

    @Test
    void malformedMessageDoesNotBlockTheNextOne() throws ResourceException {
        queue.push("bad", "RQ/1\r\nno header");
        queue.push("good", "value");
        assertThat(connect().receive(queue.name(), Duration.ZERO))
                .map(RedisMessage::id)
                .contains("good");
        assertThat(connect().deadLetters(queue.name(), 10)).singleElement().satisfies(letter -> {
            assertThat(letter.id()).isEqualTo("bad");
            assertThat(letter.reason()).startsWith("Malformed header");
        });
    }

    @Test
    void malformedMessageWithALostLeaseIsNotReportedAsADeadLetter() throws ResourceException {
        queue.push("bad", "RQ/1\r\nno header");
        queue.push("good", "value");
        try (FaultyWire wire = new FaultyWire(redis);
                CapturedLog log = new CapturedLog()) {
            RedisQueueConnection connection = connect(factory(wire.address()));
            wire.atRequest("Malformed header", () -> {
                redis.call("DEL", queue.key("processing"));
                redis.call("ZADD", queue.key("processing"), Long.MAX_VALUE, "bad other");
            });

            assertThat(connection.receive(queue.name(), Duration.ZERO))
                    .map(RedisMessage::id)
                    .contains("good");

            assertThat(queue.dead()).isEmpty();
            assertThat(log.lines()).noneMatch(line -> line.startsWith("RQ-306") && line.contains(queue.name()));
            connection.close();
            opened.remove(connection);
        }
    }

    @Test
    void localTransactionCommitsReceivedAndSentMessages() throws ResourceException {
        queue.push("a", "value");
        RedisQueueConnection connection = connect();
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        assertThat(connection.receive(queue.name(), Duration.ZERO)).isPresent();
        String id = connection.send(queue.name(), "b");
        assertThat(queue.ready()).isEmpty();
        assertThat(connection.counts(queue.name())).isEqualTo(new QueueCounts(0, 1, 0));
        transaction.commit();
        assertThat(queue.ready()).isEqualTo(List.of(id));
        assertThat(queue.exists("a")).isFalse();
    }

    @Test
    void rolledBackLocalTransactionHasNoEffect() throws ResourceException {
        queue.push("a", "value");
        RedisQueueConnection connection = connect();
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.receive(queue.name(), Duration.ZERO);
        connection.send(queue.name(), "b");
        transaction.rollback();
        await().untilAsserted(() -> assertThat(queue.processing()).isEqualTo(List.of("a -")));
        assertThat(queue.ready()).isEmpty();
        RedisMessage again =
                connection.receive(queue.name(), Duration.ofSeconds(10)).orElseThrow();
        assertThat(again.id()).isEqualTo("a");
        assertThat(again.deliveryCount()).isEqualTo(2);
        assertThat(again.redelivered()).isTrue();
    }

    @Test
    void localTransactionCannotBeBegunOrEndedTwice() throws ResourceException {
        LocalTransaction transaction = connect().getLocalTransaction();
        assertThatExceptionOfType(LocalTransactionException.class).isThrownBy(transaction::commit);
        transaction.begin();
        assertThatExceptionOfType(LocalTransactionException.class).isThrownBy(transaction::begin);
        transaction.rollback();
        assertThatExceptionOfType(LocalTransactionException.class).isThrownBy(transaction::rollback);
    }

    @Test
    void invalidMessagesAreRejected() throws ResourceException {
        RedisManagedConnectionFactory factory = factory(redis.address());
        factory.setMaxMessageSize(100);
        RedisQueueConnection connection = connect(factory);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.send("no spaces", "x"))
                .withMessageStartingWith("RQ-106 Invalid queue name 'no spaces'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.send(queue.name(), "x".repeat(101)))
                .withMessageContaining("maxMessageSize is 100 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OutgoingMessage.of("x").header("a:b", "c"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OutgoingMessage.of("x").header("a", "b\r\nc: d"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OutgoingMessage.of("x").id("a b"));
        assertThatIllegalArgumentException().isThrownBy(() -> connection.receive(queue.name(), Duration.ofHours(2)));
        assertThat(queue.isGone()).isTrue();
    }

    @Test
    void messageWithAnExistingIdIsNotSentTwice() throws ResourceException {
        RedisQueueConnection connection = connect();
        connection.send(queue.name(), OutgoingMessage.of("first").id("a"));
        connection.send(queue.name(), OutgoingMessage.of("second").id("a"));
        assertThat(queue.ready()).isEqualTo(List.of("a"));
        assertThat(queue.value("a")).endsWith("first");
    }

    @Test
    void expiredMessageIsNotReceived() throws ResourceException {
        RedisQueueConnection connection = connect();
        connection.send(queue.name(), OutgoingMessage.of("x").id("a").timeToLive(Duration.ofMillis(1)));
        await().untilAsserted(() -> {
            assertThat(connection.receive(queue.name(), Duration.ZERO)).isEmpty();
            assertThat(queue.isGone()).isTrue();
        });
    }

    @Test
    void closedConnectionIsReported() throws ResourceException {
        RedisQueueConnection connection = connect();
        connection.close();
        connection.close();
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.send(queue.name(), "x"))
                .withMessage("RQ-120 The connection is closed. Create a new connection.");
    }

    @Test
    void redissonClientCanBeUnwrapped() throws ResourceException {
        RedisQueueConnection connection = connect();
        assertThat(connection.unwrap(RedissonClient.class).isShutdown()).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> connection.unwrap(String.class));
    }

    @Test
    void invalidSettingsFailWhenTheFactoryIsCreated() {
        RedisManagedConnectionFactory factory = factory("localhost:6379");
        assertThatExceptionOfType(InvalidPropertyException.class)
                .isThrownBy(factory::createConnectionFactory)
                .withMessageContaining("connection factory: 'addresses' is 'localhost:6379'");
    }

    @Test
    void connectionsMatchBySettingsAndCredentials() throws ResourceException {
        RedisManagedConnectionFactory factory = factory(redis.address());
        ManagedConnection configured = factory.createManagedConnection(null, RedisConnectionRequestInfo.AS_CONFIGURED);
        ManagedConnection other =
                factory.createManagedConnection(null, new RedisConnectionRequestInfo("alice", "secret"));
        Set<ManagedConnection> pool = Set.of(configured, other);
        assertThat(factory.matchManagedConnections(pool, null, RedisConnectionRequestInfo.AS_CONFIGURED))
                .isSameAs(configured);
        assertThat(factory.matchManagedConnections(pool, null, new RedisConnectionRequestInfo("alice", "secret")))
                .isSameAs(other);
        assertThat(factory.matchManagedConnections(pool, null, new RedisConnectionRequestInfo("alice", "wrong")))
                .isNull();
        assertThat(factory(redis.address()).matchManagedConnections(pool, null, null))
                .as("of an equal factory")
                .isSameAs(configured);
        assertThat(factory("redis://127.0.0.1:1").matchManagedConnections(pool, null, null))
                .isNull();
        configured.destroy();
        other.destroy();
    }

    @Test
    void containerGetsNamedXaResources() throws Exception {
        RedisManagedConnectionFactory factory = factory(redis.address());
        factory.createConnectionFactory();
        ManagedConnection connection = factory.createManagedConnection(null, null);
        assertThat(connection.getXAResource())
                .isInstanceOfSatisfying(
                        XAResourceWrapper.class,
                        resource -> assertThat(resource.getJndiName())
                                .isEqualTo("redis-queue:single:" + redis.address() + "/0/rq"));
        connection.destroy();
    }

    @ParameterizedTest
    @ValueSource(strings = {RedisManagedConnectionFactory.CONFIGURED_USER, ""})
    void placeholderCredentialsOfContainersStandForTheConfiguredOnes(String user) throws Exception {
        RedisManagedConnectionFactory factory = factory(redis.address());
        Subject subject = subject(factory, user, user);
        ManagedConnection connection =
                factory.createManagedConnection(subject, RedisConnectionRequestInfo.AS_CONFIGURED);
        assertThat(connection.getXAResource().recover(XAResource.TMSTARTRSCAN)).isNotNull();
        assertThat(factory.matchManagedConnections(Set.of(connection), null, null))
                .isSameAs(connection);
        connection.destroy();
    }

    @Test
    void passwordOfTheContainerWithoutAUserDoesNotMatchTheConfiguredOne() throws Exception {
        RedisManagedConnectionFactory factory = factory(redis.address());
        ManagedConnection connection = factory.createManagedConnection(subject(factory, "", "s3cret"), null);
        assertThat(factory.matchManagedConnections(Set.of(connection), null, null))
                .isNull();
        connection.destroy();
    }

    @Test
    void credentialsOfTheContainerAreUsedAndNotPrinted() throws ResourceException {
        RedisManagedConnectionFactory factory = factory(redis.address());
        ManagedConnection connection = factory.createManagedConnection(subject(factory, "alice"), null);
        RedisQueueConnection handle = (RedisQueueConnection) connection.getConnection(null, null);
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> handle.send(queue.name(), "x"))
                .withMessageContaining("WRONGPASS")
                .satisfies(e -> assertThat(e)
                        .hasStackTraceContaining("RQ-")
                        .extracting(org.assertj.core.util.Throwables::getStackTrace)
                        .asString()
                        .doesNotContain("s3cret"));
        assertThat(connection + " " + handle + " " + factory).doesNotContain("s3cret");
        connection.destroy();
    }

    @Test
    void userIsNeverCombinedWithThePasswordOfAnother() throws ResourceException {
        RedisManagedConnectionFactory factory = factory(redis.address());
        factory.setUser("default");
        factory.setPassword("s3cret");
        ManagedConnection connection =
                factory.createManagedConnection(null, new RedisConnectionRequestInfo("alice", null));
        RedisQueueConnection handle = (RedisQueueConnection) connection.getConnection(null, null);
        assertThatExceptionOfType(RedisQueueException.class).isThrownBy(() -> handle.send(queue.name(), "x"));
        assertThat(connection.getMetaData().getUserName()).isEqualTo("alice");
        connection.destroy();
    }

    @Test
    void connectionFactorySurvivesSerialization() throws Exception {
        RedisManagedConnectionFactory factory = factory("redis://127.0.0.1:7777");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(factory);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((RedisManagedConnectionFactory) in.readObject()).getAddresses())
                    .isEqualTo("redis://127.0.0.1:7777");
        }
    }

    private static Subject subject(RedisManagedConnectionFactory factory, String user) {
        return subject(factory, user, "s3cret");
    }

    private static Subject subject(RedisManagedConnectionFactory factory, String user, String password) {
        PasswordCredential credential = new PasswordCredential(user, password.toCharArray());
        credential.setManagedConnectionFactory(factory);
        Subject subject = new Subject();
        subject.getPrivateCredentials().add(credential);
        return subject;
    }

    @Test
    void handleIsClosedWhenItsConnectionReturnsToThePool() throws Exception {
        ManagedConnection connection = factory(redis.address()).createManagedConnection(null, null);
        RedisQueueConnection handle = (RedisQueueConnection) connection.getConnection(null, null);
        handle.getLocalTransaction().begin();
        handle.send(queue.name(), "not committed");
        connection.cleanup();
        assertThatExceptionOfType(RedisQueueException.class).isThrownBy(() -> handle.send(queue.name(), "x"));

        ManagedConnection another = factory(redis.address()).createManagedConnection(null, null);
        another.associateConnection(handle);
        handle.send(queue.name(), "sent");
        assertThat(queue.ready()).hasSize(1);
        connection.destroy();
        another.destroy();
    }

    @Test
    void cleanupLeavesHandlesThatMovedToAnotherConnection() throws ResourceException {
        ManagedConnection first = factory(redis.address()).createManagedConnection(null, null);
        ManagedConnection second = factory(redis.address()).createManagedConnection(null, null);
        RedisQueueConnection handle = (RedisQueueConnection) first.getConnection(null, null);

        second.associateConnection(handle);
        first.cleanup();

        assertThat(handle.send(queue.name(), "sent")).isNotEmpty();
        Events events = new Events();
        second.addConnectionEventListener(events);
        handle.close();
        assertThat(events.closings).hasSize(1);
        first.destroy();
        second.destroy();
    }

    @Test
    void handleAssociatedWithItsOwnConnectionStaysOpen() throws ResourceException {
        ManagedConnection connection = factory(redis.address()).createManagedConnection(null, null);
        RedisQueueConnection handle = (RedisQueueConnection) connection.getConnection(null, null);

        connection.associateConnection(handle);
        connection.cleanup();

        assertThatExceptionOfType(RedisQueueException.class).isThrownBy(() -> handle.send(queue.name(), "x"));
        connection.destroy();
    }

    @Test
    void poolIsNotifiedOfALostConnectionAndDetectsInvalidOnes() throws ResourceException {
        TestRedis own = TestRedis.start();
        RedisManagedConnectionFactory factory = factory(own.address());
        ManagedConnection connection = factory.createManagedConnection(null, null);
        Events events = new Events();
        connection.addConnectionEventListener(events);
        RedisQueueConnection handle = (RedisQueueConnection) connection.getConnection(null, null);
        assertThat(factory.getInvalidConnections(Set.of(connection)))
                .as("not used yet")
                .isEmpty();
        handle.send("orders", "x");
        assertThat(factory.getInvalidConnections(Set.of(connection))).isEmpty();

        own.kill();
        // Until the client has noticed, it may still write a request, whose outcome is then unknown for two minutes.
        RedisQueueConnection other = connect(factory);
        assertThatExceptionOfType(RedisQueueException.class).isThrownBy(() -> other.counts("orders"));

        assertThatExceptionOfType(RedisQueueException.class).isThrownBy(() -> handle.send("orders", "y"));
        assertThat(events.errors).hasSize(1);
        assertThat(factory.getInvalidConnections(Set.of(connection))).isEqualTo(Set.of(connection));
        connection.destroy();
    }

    @Test
    void connectionConnectsOnFirstUse() throws ResourceException {
        int port = TestRedis.freePort();
        RedisManagedConnectionFactory factory = factory("redis://127.0.0.1:" + port);
        RedisQueueConnection connection = connect(factory);
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.send("orders", "x"))
                .withMessageContaining("Cannot connect to Redis at redis://127.0.0.1:" + port);
        try (TestRedis late = TestRedis.startOn(port)) {
            assertThat(connection.send("orders", "x")).isNotEmpty();
            assertThat(late.call("DBSIZE")).as("message, id, receipt, version").isEqualTo(4L);
        }
    }

    private static final class Events implements ConnectionEventListener {

        private final List<ConnectionEvent> errors = new ArrayList<>();
        private final List<ConnectionEvent> closings = new ArrayList<>();

        @Override
        public void connectionErrorOccurred(ConnectionEvent event) {
            errors.add(event);
        }

        @Override
        public void connectionClosed(ConnectionEvent event) {
            closings.add(event);
        }

        @Override
        public void localTransactionStarted(ConnectionEvent event) {}

        @Override
        public void localTransactionCommitted(ConnectionEvent event) {}

        @Override
        public void localTransactionRolledback(ConnectionEvent event) {}
    }
}
