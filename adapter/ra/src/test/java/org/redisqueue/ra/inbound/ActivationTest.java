// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.InvalidPropertyException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jboss.as.ejb3.component.EJBComponentUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.observer.LoggingObserver;
import org.redisqueue.ra.observer.Observers;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.ResourceManager;

/** Deliveries by a container that fails at a given point. */
class ActivationTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final List<RedisMessage> seen = new CopyOnWriteArrayList<>();
    private final RedisActivationSpec spec = new RedisActivationSpec();
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private ResourceManager manager;
    private FakeContainer container;
    private Activation activation;

    @BeforeEach
    void configure() {
        manager = acquire(redis.address());
        spec.setQueue(queue.name());
        spec.setRedeliveryDelay(1);
        spec.setDrainTimeout(10_000);
    }

    @AfterEach
    void stop() {
        if (activation != null) {
            activation.stopAndDrain();
            container.close();
        }
        blocking.shutdownNow();
        manager.release();
    }

    private void deliver(boolean transacted, RedisMessageListener listener) {
        container = new FakeContainer(transacted, message -> {
            seen.add(message);
            listener.onMessage(message);
        });
        try {
            activation = Activation.of(
                    spec,
                    container,
                    new Inbound(
                            manager,
                            NamedResources.of(container),
                            container,
                            blocking,
                            new Observers(new LoggingObserver())));
        } catch (ResourceException e) {
            throw new IllegalStateException(e);
        }
    }

    private void deliver(RedisMessageListener listener) {
        deliver(true, listener);
    }

    private List<String> seenIds() {
        return seen.stream().map(RedisMessage::id).toList();
    }

    private void awaitDone() {
        await().atMost(LONG).until(queue::isGone);
    }

    private static void failFirst(RedisMessage message) {
        if (!message.redelivered()) {
            throw new IllegalStateException("the first time");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeContainer.Fault.class,
            names = {"AFTER_COMMIT", "LEFT_PREPARED"},
            mode = EnumSource.Mode.EXCLUDE)
    void messageIsSettledWhateverTheContainerDoes(FakeContainer.Fault fault) {
        deliver(message -> {});
        container.fault = fault;
        queue.push("a", "value");
        activation.start();
        awaitDone();
        assertThat(seen.get(seen.size() - 1).id()).isEqualTo("a");
        assertThat(container.fault).isEqualTo(FakeContainer.Fault.NONE);
    }

    @Test
    void activationIsLoggedWithTheSettingsThatDifferFromTheDefaults() {
        spec.setMaxConcurrency(2);
        spec.setPrefetch(8);
        spec.setRedeliveryMultiplier(1.5);
        try (CapturedLog log = new CapturedLog()) {
            deliver(message -> {});
            activation.start();

            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("RQ-301 Consuming queue '" + queue.name() + "'"))
                    .singleElement()
                    .asString()
                    .contains(" with up to 2 concurrent calls of listener ")
                    .endsWith(". Settings other than the defaults: maxConcurrency=2, redeliveryDelay=1,"
                            + " redeliveryMultiplier=1.5, drainTimeout=10000.");
        }
    }

    @Test
    void activationWithDefaultsIsLoggedWithoutSettings() {
        RedisActivationSpec defaults = new RedisActivationSpec();
        defaults.setQueue("orders");

        assertThat(Configuration.describeChanges(defaults)).isEqualTo("none");
    }

    @Test
    void failureAfterTheCommitCausesNoRedelivery() {
        deliver(message -> {});
        container.fault = FakeContainer.Fault.AFTER_COMMIT;
        queue.push("a", "value");
        activation.start();
        awaitDone();
        queue.push("b", "value");
        awaitDone();
        assertThat(seenIds()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeContainer.Fault.class,
            names = {"NO_VERDICT", "ROLLBACK_ONLY"})
    void deliveryWithoutCommitCountsAsFailure(FakeContainer.Fault fault) {
        deliver(message -> {});
        container.fault = fault;
        queue.push("a", "value");
        activation.start();
        awaitDone();
        assertThat(seen).extracting(RedisMessage::deliveryCount).containsExactly(1, 2);
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeContainer.Fault.class,
            names = {"ENDPOINT_UNAVAILABLE", "BEFORE_DELIVERY", "WORK_REJECTED", "LISTENER_REFUSED"})
    void messageThatDidNotReachTheListenerDoesNotCountAsFailure(FakeContainer.Fault fault) {
        deliver(message -> {});
        container.fault = fault;
        queue.push("a", "value");
        activation.start();
        awaitDone();
        assertThat(seen).extracting(RedisMessage::deliveryCount).containsExactly(1);
    }

    @Test
    void refusalOfAnotherBeanThatTheListenerCallsCountsAsFailure() {
        deliver(message -> {
            if (!message.redelivered()) {
                throw new EJBComponentUnavailableException("another bean is being undeployed");
            }
        });
        queue.push("a", "value");
        activation.start();
        awaitDone();
        assertThat(seen).extracting(RedisMessage::deliveryCount).containsExactly(1, 2);
    }

    @Test
    void refusalThatTheListenerPassesOnFromAnotherThreadCountsAsFailure() throws Exception {
        EJBComponentUnavailableException refusal = CompletableFuture.supplyAsync(
                        () -> new EJBComponentUnavailableException("another bean is being undeployed"))
                .get();
        deliver(message -> {
            if (!message.redelivered()) {
                throw refusal;
            }
        });
        queue.push("a", "value");
        activation.start();
        awaitDone();
        assertThat(seen).extracting(RedisMessage::deliveryCount).containsExactly(1, 2);
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeContainer.Fault.class,
            names = {"LISTENER_REFUSED", "LISTENER_FAILED"})
    void refusedDeliveryIsNotCommittedIfTheContainerExposesItsTransactions(FakeContainer.Fault fault) {
        deliver(message -> {});
        container.giveAccessToTransactions();
        container.fault = fault;
        queue.push("a", "value");
        activation.start();
        awaitDone();
        assertThat(container.refusedCommits).isZero();
    }

    @Test
    void messageWithoutTransactionIsAcknowledgedWhenItsListenerReturns() {
        deliver(false, ActivationTest::failFirst);
        queue.push("a", "value");
        activation.start();
        awaitDone();
        assertThat(seen).extracting(RedisMessage::deliveryCount).containsExactly(1, 2);
    }

    @Test
    void listenerThatTheContainerRunsInAnotherTransactionIsPausedAndLosesNothing() {
        try (CapturedLog log = new CapturedLog()) {
            deliver(false, message -> {});
            container.startOwnTransactions();
            queue.push("a", "value");
            queue.push("b", "value");
            activation.start();
            String paused = "RQ-325 Queue '" + queue.name()
                    + "': paused listener 'Bean.onMessage' because the container runs it in a transaction other than the"
                    + " delivery's. Change its transaction attribute to REQUIRED or NOT_SUPPORTED, and redeploy it.";
            await().atMost(LONG).until(() -> log.lines().contains(paused));
            await().atMost(LONG).until(() -> queue.ready().size() == 2);
            queue.push("c", "value");
            await().during(Duration.ofMillis(1_500))
                    .atMost(LONG)
                    .until(() -> queue.ready().size() == 3);
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("RQ-325 "))
                    .hasSize(1);
        }
        assertThat(seen).isEmpty();
        assertThat(container.ownCommits).hasValue(0);
        assertThat(container.ownRollbacks.get()).isPositive();
        assertThat(redis.call("EXISTS", queue.key("failures"), queue.key("dead"), queue.key("processing")))
                .isEqualTo(0L);
    }

    @Test
    void listenerWithoutTransactionConsumesWhereTheContainerGivesAccessToItsTransactions() {
        deliver(false, message -> {});
        container.giveAccessToTransactions();
        queue.push("a", "value");
        activation.start();
        awaitDone();
        assertThat(seenIds()).containsExactly("a");
    }

    @Test
    void messageThatFailsTooOftenIsDeadLetteredAndDeliveryContinues() {
        spec.setMaxDeliveries(3);
        spec.setMaxConcurrency(1);
        deliver(message -> {
            if (message.id().equals("bad")) {
                throw new UnsupportedOperationException("no such item");
            }
        });
        queue.push("bad", "value");
        queue.push("good", "value");
        activation.start();
        await().atMost(LONG).until(() -> queue.dead().equals(List.of("bad")) && !queue.exists("good"));
        assertThat(seenIds()).filteredOn("bad"::equals).hasSize(3);
        assertThat(manager.operations().inspect(queue.name(), 1).join().deadLetters())
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.reason()).isEqualTo("java.lang.UnsupportedOperationException: no such item");
                    assertThat(letter.deliveries()).isEqualTo(3);
                });
        assertThat(queue.exists("bad")).isTrue();
    }

    @Test
    void redeliveryDelayGrowsWithEachFailure() {
        spec.setMaxDeliveries(4);
        spec.setRedeliveryDelay(100);
        spec.setRedeliveryMultiplier(3.0);
        List<Long> times = new CopyOnWriteArrayList<>();
        deliver(message -> {
            times.add(System.nanoTime());
            throw new IllegalStateException();
        });
        queue.push("a", "value");
        activation.start();
        await().atMost(LONG).until(() -> !queue.dead().isEmpty());
        List<Long> waits = IntStream.range(1, times.size())
                .mapToObj(i -> Duration.ofNanos(times.get(i) - times.get(i - 1)).toMillis())
                .toList();
        assertThat(waits).hasSize(3);
        assertThat(waits.get(0)).isGreaterThanOrEqualTo(99);
        assertThat(waits.get(1)).isGreaterThanOrEqualTo(299);
        assertThat(waits.get(2)).isGreaterThanOrEqualTo(899);
    }

    @Test
    void malformedMessageIsDeadLetteredAndNeverDelivered() {
        queue.push("malformed", "RQ/1\r\nno header\r\n\r\nbody");
        queue.push("large", "x".repeat(1_001));
        redis.call("HSET", queue.key("message:type"), "a", "b");
        redis.call("LPUSH", queue.key("ready"), "type", "gone");
        queue.push("good", "value");
        deliver(message -> {});
        activation.start();
        await().atMost(LONG)
                .until(() -> seenIds().equals(List.of("good")) && queue.dead().size() == 3);
        assertThat(new HashSet<Object>(queue.dead())).isEqualTo(Set.of("malformed", "large", "type"));
        await().untilAsserted(() -> assertThat(queue.processing()).isEmpty());
    }

    @Test
    void longRunningListenerKeepsItsLease() throws Exception {
        spec.setLease(1_000);
        CountDownLatch end = new CountDownLatch(1);
        deliver(message -> join(end));
        queue.push("a", "value");
        activation.start();
        await().atMost(LONG).until(() -> !seen.isEmpty());
        double first = due();
        await().atMost(LONG).until(() -> due() > first + 2_000);
        end.countDown();
        awaitDone();
        assertThat(seenIds()).containsExactly("a");
    }

    private double due() {
        List<?> entry = (List<?>) redis.call("ZRANGE", queue.key("processing"), "0", "0", "WITHSCORES");
        return Double.parseDouble((String) entry.get(1));
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void concurrencyStaysWithinMaxConcurrency() {
        spec.setMaxConcurrency(3);
        AtomicInteger atWork = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch three = new CountDownLatch(3);
        deliver(message -> {
            most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
            three.countDown();
            join(three);
            atWork.decrementAndGet();
        });
        for (int i = 0; i < 50; i++) {
            queue.push("m" + i, "value");
        }
        activation.start();
        awaitDone();
        assertThat(most).hasValue(3);
        assertThat(new HashSet<>(seenIds())).hasSize(50);
        assertThat(seen).hasSize(50);
    }

    @Test
    void stopReleasesUndeliveredMessagesAndDrainWaitsForRunningListeners() {
        spec.setMaxConcurrency(1);
        spec.setPrefetch(5);
        CountDownLatch end = new CountDownLatch(1);
        deliver(message -> join(end));
        for (String id : List.of("a", "b", "c", "d")) {
            queue.push(id, "value");
        }
        activation.start();
        await().atMost(LONG).until(() -> !seen.isEmpty() && queue.processing().size() == 4);
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(activation::stopAndDrain);
        await().atMost(LONG).until(() -> queue.processing().size() == 1);
        assertThat(queue.ready()).as("the next at the right end").isEqualTo(List.of("d", "c", "b"));
        assertThat(stopped).isNotDone();
        end.countDown();
        assertThat(stopped).succeedsWithin(LONG);
        assertThat(queue.exists("a")).isFalse();
        assertThat(seenIds()).containsExactly("a");
        assertThat(redis.call("EXISTS", queue.key("abandoned"), queue.key("failures")))
                .isEqualTo(0L);
    }

    @Test
    void drainEndsAfterItsTimeoutAndTheListenerKeepsItsMessage() {
        spec.setDrainTimeout(50);
        CountDownLatch end = new CountDownLatch(1);
        deliver(message -> join(end));
        queue.push("a", "value");
        activation.start();
        await().atMost(LONG).until(() -> !seen.isEmpty());
        activation.stopAndDrain();
        assertThat(queue.processing()).hasSize(1);
        end.countDown();
        awaitDone();
        assertThat(seenIds()).containsExactly("a");
    }

    @Test
    void drainDoesNotHangIfRedisDoesNotRespond() {
        try (TestRedis own = TestRedis.start()) {
            use(own.address());
            QueueProbe there = QueueProbe.create(own);
            spec.setQueue(there.name());
            spec.setDrainTimeout(100);
            deliver(message -> {});
            activation.start();
            there.push("a", "value");
            await().atMost(LONG).until(there::isGone);
            own.call("CLIENT", "PAUSE", "600000", "ALL");
            assertThat(CompletableFuture.runAsync(() -> {
                        activation.stopAndDrain();
                        manager.release();
                    }))
                    .succeedsWithin(LONG);
            manager = acquire(TestRedis.shared().address());
        }
    }

    @Test
    void pausedQueueWaitsUntilItIsResumed() {
        redis.call("SET", queue.key("paused"), "1");
        deliver(message -> {});
        activation.start();
        queue.push("a", "value");
        await().atMost(LONG)
                .until(() -> redis.call("SISMEMBER", "rq:queues", queue.name()).equals(1L));
        await().during(Duration.ofMillis(1_500))
                .atMost(LONG)
                .until(() -> queue.ready().size() == 1);
        redis.call("DEL", queue.key("paused"));
        awaitDone();
        assertThat(seenIds()).containsExactly("a");
    }

    @Test
    void plainPushWakesAnIdleQueue() {
        deliver(message -> {});
        activation.start();
        await().atMost(LONG).until(() -> ((String) redis.call("CLIENT", "LIST")).contains("cmd=blmove"));
        queue.push("a", "value");
        await().atMost(Duration.ofSeconds(4)).until(queue::isGone);
        assertThat(seenIds()).containsExactly("a");
    }

    @Test
    void messagesOfADeadConsumerAreDeliveredByAnother() {
        queue.push("a", "value");
        redis.call("RPOP", queue.key("ready"));
        redis.call("ZADD", queue.key("processing"), "1", "a deadbeef");
        deliver(message -> {});
        activation.start();
        awaitDone();
        assertThat(seen).singleElement().satisfies(message -> {
            assertThat(message.deliveryCount()).isEqualTo(2);
            assertThat(message.redelivered()).isTrue();
        });
    }

    @Test
    void messagesOfAFullRedisAreDelivered() {
        TestRedis own = TestRedis.start();
        use(own.address());
        QueueProbe there = QueueProbe.create(own);
        spec.setQueue(there.name());
        deliver(message -> {});
        there.push("a", "value");
        own.call("CONFIG", "SET", "maxmemory", "1");
        activation.start();
        await().atMost(LONG).until(there::isGone);
        own.call("CONFIG", "SET", "maxmemory", "0");
        for (int i = 0; i < 3; i++) {
            there.push("b" + i, "value");
            own.call("CONFIG", "SET", "maxmemory", "1");
            await().atMost(LONG).until(there::isGone);
            own.call("CONFIG", "SET", "maxmemory", "0");
        }
        assertThat(seen).hasSize(4);
        activation.stopAndDrain();
        own.close();
    }

    private void use(String address) {
        manager.release();
        manager = acquire(address);
    }

    private static ResourceManager acquire(String address) {
        TestProperties properties = TestProperties.at(address);
        properties.setMaxMessageSize(1_000);
        return ResourceManager.acquire(properties);
    }

    @Test
    void deliveryContinuesWhenRedisIsBack() {
        TestRedis own = TestRedis.start("--appendonly", "yes", "--appendfsync", "always");
        use(own.address());
        QueueProbe there = QueueProbe.create(own);
        spec.setQueue(there.name());
        deliver(message -> {});
        activation.start();
        there.push("a", "value");
        await().atMost(LONG).until(there::isGone);
        own.kill();
        own.restart();
        there.push("b", "value");
        await().atMost(LONG).until(there::isGone);
        assertThat(seenIds()).containsExactly("a", "b");
        activation.stopAndDrain();
        own.close();
    }

    @Test
    void outageIsLoggedWhenItBeginsAndWhenItEnds() {
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getMessage().contains(queue.name())) {
                    logged.add(line.getMessage().substring(0, 6));
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("org.redisqueue");
        logger.addHandler(handler);
        try {
            redis.call("SET", queue.key("processing"), "of another type");
            deliver(message -> {});
            activation.start();
            await().atMost(LONG).until(() -> logged.contains("RQ-303"));
            await().during(Duration.ofMillis(1_000)).atMost(LONG).until(() -> logged.size() == 2);
            redis.call("DEL", queue.key("processing"));
            await().atMost(LONG).until(() -> logged.contains("RQ-304"));
            assertThat(logged).containsExactly("RQ-301", "RQ-303", "RQ-304");
        } finally {
            logger.removeHandler(handler);
        }
    }

    @Test
    void redisThatStartsLaterIsFound() {
        int port = TestRedis.freePort();
        use("redis://127.0.0.1:" + port);
        deliver(message -> {});
        activation.start();
        try (TestRedis late = TestRedis.startOn(port)) {
            late.callAll(List.of(
                    new Object[] {"SET", queue.key("message:a"), "value"},
                    new Object[] {"LPUSH", queue.key("ready"), "a"}));
            await().atMost(LONG).until(() -> seenIds().equals(List.of("a")));
            activation.stopAndDrain();
        }
    }

    @Test
    void invalidValuesAreNamedWithTheirRanges() {
        assertWrong(s -> s.setMaxConcurrency(0), "'maxConcurrency' is '0', but must be 1 to 1,000");
        assertWrong(s -> s.setLease(1), "'lease' is '1', but must be 1,000 to 3,600,000 ms");
        assertWrong(s -> s.setRedeliveryMultiplier(0.5), "'redeliveryMultiplier' is '0.5', but must be 1 to 100");
        assertWrong(s -> s.setQueue("a b"), "'queue' is 'a b', but must be 1 to 200 characters");
        assertWrong(s -> s.setPrefetch(null), "'prefetch' is not set, but must be 0 to 1,000");
    }

    private static void assertWrong(Consumer<RedisActivationSpec> setting, String text) {
        RedisActivationSpec wrong = new RedisActivationSpec();
        wrong.setQueue("orders");
        setting.accept(wrong);
        assertThatExceptionOfType(InvalidPropertyException.class)
                .isThrownBy(wrong::validate)
                .withMessageStartingWith("RQ-101 Invalid configuration of the activation")
                .withMessageContaining(text)
                .satisfies(e -> assertThat(e.getInvalidPropertyDescriptors()).hasSize(1));
    }
}
