// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.resource.ResourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.ra.observer.LoggingObserver;
import org.redisqueue.ra.observer.Observers;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.FaultyWire;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.ResourceManager;

/** A dispatcher keeps working despite faults around it, and holds no messages that it does not deliver. */
class DispatcherTest {

    private static final Duration LONG = Duration.ofSeconds(40);

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final List<RedisMessage> seen = new CopyOnWriteArrayList<>();
    private final RedisActivationSpec spec = new RedisActivationSpec();
    private final List<Runnable> endings = new ArrayList<>();
    private ExecutorService blocking = Executors.newCachedThreadPool();
    private ResourceManager manager;

    @AfterEach
    void stop() {
        endings.forEach(Runnable::run);
        blocking.shutdownNow();
        if (manager != null) {
            manager.release();
        }
    }

    private ResourceManager manager() {
        if (manager == null) {
            manager = ResourceManager.acquire(TestProperties.of(redis));
        }
        return manager;
    }

    /** Consumes a queue in a separate container. */
    private FakeContainer consume(QueueProbe from, boolean transacted, RedisMessageListener listener) {
        FakeContainer own = new FakeContainer(transacted, message -> {
            seen.add(message);
            listener.onMessage(message);
        });
        start(from, own);
        return own;
    }

    private void start(QueueProbe from, FakeContainer own) {
        spec.setQueue(from.name());
        try {
            Activation activation = Activation.of(
                    spec,
                    own,
                    new Inbound(
                            manager(), NamedResources.of(own), own, blocking, new Observers(new LoggingObserver())));
            endings.add(0, () -> {
                activation.stopAndDrain();
                own.close();
            });
            activation.start();
        } catch (ResourceException e) {
            throw new IllegalStateException(e);
        }
    }

    private void end() {
        endings.forEach(Runnable::run);
        endings.clear();
        manager.release();
        manager = null;
    }

    private List<String> seenIds() {
        return seen.stream().map(RedisMessage::id).toList();
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // Large messages

    @ParameterizedTest
    @CsvSource({"40,2097152,5000", "8,9437184,15000"})
    void largeMessagesAreDeliveredOverASlowConnection(int count, int bytes, int lease) {
        try (TestRedis own = TestRedis.start();
                FaultyWire wire = new FaultyWire(own)) {
            wire.limitReplies(10 << 20);
            manager = ResourceManager.acquire(TestProperties.at(wire.address()));
            QueueProbe there = QueueProbe.create(own);
            spec.setLease(lease);
            for (int i = 0; i < count; i++) {
                own.call("SETRANGE", there.key("message:m" + i), bytes - 1, "x");
                own.call("LPUSH", there.key("ready"), "m" + i);
            }
            AtomicInteger redelivered = new AtomicInteger();
            CountDownLatch all = new CountDownLatch(count);
            start(there, new FakeContainer(true, message -> {
                redelivered.addAndGet(message.deliveryCount() - 1);
                all.countDown();
            }));

            await().atMost(LONG).until(there::isGone);

            assertThat(all.getCount()).isZero();
            assertThat(redelivered).hasValue(0);
            end();
        }
    }

    // Outages

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void messagesStayWithTheirListenersDuringAnOutageLongerThanTheLease(boolean frozen) {
        try (TestRedis own = TestRedis.start("--appendonly", "yes", "--appendfsync", "always")) {
            TestProperties properties = TestProperties.of(own);
            properties.setResponseTimeout(500);
            manager = ResourceManager.acquire(properties);
            QueueProbe there = QueueProbe.create(own);
            CountDownLatch end = new CountDownLatch(1);
            spec.setLease(1_000);
            consume(there, false, message -> {
                if (message.id().equals("long")) {
                    join(end);
                }
            });
            there.push("long", "value");
            await().atMost(LONG).until(() -> !seen.isEmpty());

            long since = System.nanoTime();
            if (frozen) {
                own.freeze();
            } else {
                own.kill();
            }
            await().atMost(LONG).until(() -> System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(2_500));
            if (frozen) {
                own.thaw();
            } else {
                own.restart();
            }
            there.push("after", "value");
            await().atMost(LONG).until(() -> seenIds().contains("after"));
            end.countDown();
            await().atMost(LONG).until(there::isGone);

            assertThat(seenIds()).containsExactly("long", "after");
            end();
        }
    }

    @Test
    @SuppressWarnings("try") // the resource only has to run
    void newReasonForAnOutageIsLogged() {
        int port = TestRedis.freePort();
        manager = ResourceManager.acquire(TestProperties.at("redis://127.0.0.1:" + port));
        try (CapturedLog log = new CapturedLog()) {
            consume(queue, true, message -> {});
            await().atMost(LONG).until(() -> outages(log).size() == 1);
            try (TestRedis own = TestRedis.startOn(port, "--requirepass", "secret")) {
                await().atMost(LONG).until(() -> outages(log).size() == 2);

                assertThat(outages(log).get(0)).containsIgnoringCase("refused");
                assertThat(outages(log).get(1)).contains("NOAUTH");
                end();
            }
        }
    }

    private List<String> outages(CapturedLog log) {
        return log.lines().stream()
                .filter(line -> line.startsWith("RQ-303 Queue '" + queue.name() + "'"))
                .toList();
    }

    // Unexpected failures

    @Test
    void failingLogHandlerDoesNotStopTheQueue() {
        consume(queue, true, message -> {});
        whileTheLogFailsFor(queue.name(), () -> {
            for (int i = 0; i < 3; i++) {
                redis.call("LPUSH", queue.key("ready"), "bad " + i);
                queue.push("m" + i, "value");
                int last = i;
                await().atMost(LONG).until(() -> seenIds().contains("m" + last));
            }
            await().atMost(LONG)
                    .until(() -> queue.ready().isEmpty() && queue.processing().isEmpty());
        });
        assertThat(queue.dead()).hasSize(3);
    }

    @Test
    void failingLogHandlerDoesNotPreventRecoveryFromRefusedThreads() {
        FakeContainer container = new FakeContainer(true, seen::add);
        container.noThread = new OutOfMemoryError("unable to create native thread");
        IntStream.range(0, 10).forEach(i -> queue.push("m" + i, "value"));
        try (CapturedLog log = new CapturedLog()) {
            whileTheLogFailsFor("RQ-310", () -> {
                start(queue, container);
                await().atMost(LONG)
                        .until(() -> log.lines().stream()
                                .anyMatch(line -> line.startsWith("RQ-310 Queue '" + queue.name() + "'")));

                container.noThread = null;

                await().atMost(LONG).until(queue::isGone);
            });
        }
        assertThat(Set.copyOf(seenIds())).hasSize(10);
    }

    @Test
    void failedWorkerIsReplaced() {
        spec.setLease(1_000);
        spec.setMaxConcurrency(1);
        FakeContainer container = consume(queue, true, message -> {});
        container.fault = FakeContainer.Fault.BEFORE_DELIVERY;
        whileTheLogFailsFor("RQ-312", () -> {
            queue.push("a", "value");
            await().atMost(LONG).until(queue::isGone);
        });
        assertThat(seenIds()).containsExactly("a");
    }

    private static void whileTheLogFailsFor(String word, Runnable test) {
        Handler failing = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getMessage().contains(word)) {
                    throw new IllegalStateException("the disk is full");
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("org.redisqueue");
        logger.addHandler(failing);
        try {
            test.run();
        } finally {
            logger.removeHandler(failing);
        }
    }

    @Test
    void deliveryResumesWhenThreadsCanBeCreatedAgain() {
        try (CapturedLog log = new CapturedLog()) {
            FakeContainer container = new FakeContainer(true, seen::add);
            container.noThread = new OutOfMemoryError("unable to create native thread");
            queue.push("a", "value");
            start(queue, container);
            await().atMost(LONG)
                    .until(() -> log.lines().stream()
                            .anyMatch(line -> line.startsWith("RQ-310 Queue '" + queue.name() + "'")
                                    && line.contains("unable to create native thread")));
            await().atMost(LONG).until(() -> queue.ready().size() == 1);

            container.noThread = null;

            await().atMost(LONG).until(queue::isGone);
            assertThat(seen).extracting(RedisMessage::deliveryCount).containsExactly(1);
        }
    }

    @Test
    void consumptionResumesWhenTheAdapterCanCreateThreadsAgain() {
        AtomicInteger failures = new AtomicInteger(5);
        blocking = new ThreadPoolExecutor(0, 100, 1, TimeUnit.SECONDS, new SynchronousQueue<>()) {
            @Override
            public void execute(Runnable command) {
                if (failures.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                super.execute(command);
            }
        };
        queue.push("a", "value");
        consume(queue, true, message -> {});

        await().atMost(LONG).until(queue::isGone);

        assertThat(seen).extracting(RedisMessage::deliveryCount).containsExactly(1);
    }

    @Test
    void hugeIdDoesNotStopTheQueue() {
        byte[] huge = new byte[24 << 20];
        redis.call("LPUSH", queue.key("ready"), huge);
        consume(queue, true, message -> {});
        queue.push("a", "value");

        await().atMost(LONG)
                .until(() -> seenIds().contains("a") && queue.processing().isEmpty());

        assertThat(queue.ready()).isEmpty();
        assertThat(queue.dead()).hasSize(1);
    }

    // A container that delivers nothing

    @Test
    void unhealthyServerLeavesMessagesToAHealthyOne() {
        for (int i = 0; i < 60; i++) {
            queue.push("m" + i, "value");
        }
        FakeContainer unhealthy = new FakeContainer(true, seen::add);
        unhealthy.unhealthy = true;
        start(queue, unhealthy);
        await().atMost(LONG).until(() -> unhealthy.refusedEndpoints.get() > 0);

        consume(queue, true, message -> {});

        await().atMost(Duration.ofSeconds(15)).until(queue::isGone);
        assertThat(Set.copyOf(seenIds())).hasSize(60);
        assertThat(seen).hasSize(60).extracting(RedisMessage::deliveryCount).containsOnly(1);
    }

    @Test
    void messagesReleasedByAnUnhealthyServerKeepTheirOrderAndAreNotCounted() {
        List<String> ids = IntStream.range(0, 10).mapToObj(i -> "m" + i).toList();
        ids.forEach(id -> queue.push(id, "value"));
        FakeContainer container = new FakeContainer(true, seen::add);
        container.unhealthy = true;
        spec.setMaxConcurrency(1);
        start(queue, container);
        await().atMost(LONG).until(() -> container.refusedEndpoints.get() >= 3);
        await().atMost(LONG).until(() -> queue.processing().isEmpty());
        assertThat(queue.ready()).hasSize(10);

        container.unhealthy = false;

        await().atMost(LONG).until(queue::isGone);
        assertThat(seenIds()).isEqualTo(ids);
        assertThat(seen).extracting(RedisMessage::deliveryCount).containsOnly(1);
    }

    // Connections

    @Test
    void waitingCallsLeaveHalfOfTheConnectionsFree() {
        TestProperties properties = TestProperties.of(redis);
        properties.setPoolSize(10);
        properties.setClientName("crowded");
        manager = ResourceManager.acquire(properties);
        List<QueueProbe> queues =
                IntStream.range(0, 9).mapToObj(i -> QueueProbe.create(redis)).toList();
        try (CapturedLog log = new CapturedLog()) {
            queues.forEach(probe -> consume(probe, true, message -> {}));
            await().atMost(LONG).until(() -> crowdedOut(log, queues).size() >= 4);
            await().atMost(LONG).during(Duration.ofSeconds(2)).until(() -> waiting() <= 5);
            // Waits last up to 5 s. On a slow machine, other queues may then take their places.
            assertThat(crowdedOut(log, queues)).hasSizeGreaterThanOrEqualTo(4).doesNotHaveDuplicates();
            for (int i = 0; i < queues.size(); i++) {
                queues.get(i).push("m" + i, "value");
            }
            await().atMost(Duration.ofSeconds(5)).until(() -> seen.size() == 9);
            assertThat(Set.copyOf(seenIds())).hasSize(9);
        }
    }

    private static List<String> crowdedOut(CapturedLog log, List<QueueProbe> queues) {
        return log.lines().stream()
                .filter(line ->
                        line.startsWith("RQ-320") && queues.stream().anyMatch(probe -> line.contains(probe.name())))
                .toList();
    }

    private long waiting() {
        return ((String) redis.call("CLIENT", "LIST"))
                .lines()
                .filter(client -> client.contains("name=crowded") && client.contains("cmd=blmove"))
                .count();
    }
}
