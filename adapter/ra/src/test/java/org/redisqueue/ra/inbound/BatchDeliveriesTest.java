// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.InvalidPropertyException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.LoggingObserver;
import org.redisqueue.ra.observer.Observers;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.ResourceManager;
import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.ListenerEndpoint;

/** Deliveries of several messages per call. */
class BatchDeliveriesTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final List<List<String>> calls = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final RedisActivationSpec spec = new RedisActivationSpec();
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private ResourceManager manager;
    private FakeContainer container;
    private Activation activation;

    /** Records the ends of deliveries. */
    private final class Ends implements DeliveryObserver {

        @Override
        public void acknowledged(ClaimedMessage message, long nanos, @Nullable String thrown) {
            events.add("acknowledged " + message.lease().id());
        }

        @Override
        public void redelivered(ClaimedMessage message, long nanos, long delayMillis, String reason) {
            events.add("redelivered " + message.lease().id());
        }

        @Override
        public void deadLettered(ClaimedMessage message, long nanos, String reason) {
            events.add("dead-lettered " + message.lease().id());
        }

        @Override
        public void released(List<ClaimedMessage> messages) {
            messages.forEach(message -> events.add("released " + message.lease().id()));
        }
    }

    @BeforeEach
    void configure() {
        manager = ResourceManager.acquire(TestProperties.of(redis));
        spec.setQueue(queue.name());
        spec.setRedeliveryDelay(1);
        spec.setMaxConcurrency(1);
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

    private void deliver(boolean transacted, RedisBatchListener listener) throws ResourceException {
        container = FakeContainer.ofBatches(transacted, messages -> {
            calls.add(messages.stream().map(RedisMessage::id).toList());
            listener.onMessages(messages);
        });
        activation = Activation.of(
                spec,
                container,
                new Inbound(
                        manager,
                        NamedResources.of(container),
                        container,
                        blocking,
                        new Observers(new LoggingObserver(), new Ends())));
    }

    private void push(int count) {
        IntStream.rangeClosed(1, count).forEach(i -> queue.push("m" + i, "value"));
    }

    private void awaitDone() {
        await().atMost(LONG).until(queue::isGone);
    }

    private List<Integer> sizes() {
        return calls.stream().map(List::size).toList();
    }

    private static void failIfPoisoned(List<RedisMessage> messages) {
        if (messages.stream().anyMatch(message -> message.id().equals("m7"))) {
            throw new IllegalStateException("m7 is poison");
        }
    }

    // Sizes

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void backlogIsDeliveredInFullBatches(boolean transacted) throws ResourceException {
        deliver(transacted, messages -> {});
        push(500);
        activation.start();
        awaitDone();

        assertThat(sizes()).hasSize(10).containsOnly(50);
        assertThat(calls.get(0)).startsWith("m1", "m2", "m3");
        await().atMost(LONG).until(() -> events.size() == 500);
        assertThat(events).allMatch(event -> event.startsWith("acknowledged "));
    }

    @Test
    void concurrentListenersGetFullBatches() throws ResourceException {
        spec.setMaxConcurrency(4);
        spec.setBatch(20);
        deliver(true, messages -> {});
        push(1_000);
        activation.start();
        awaitDone();

        assertThat(sizes()).hasSize(50).containsOnly(20);
    }

    @Test
    void messageIsDeliveredWithoutWaitingForOthers() throws ResourceException {
        deliver(true, messages -> {});
        activation.start();
        queue.push("m1", "value");
        awaitDone();
        queue.push("m2", "value");
        awaitDone();

        assertThat(calls).containsExactly(List.of("m1"), List.of("m2"));
    }

    @Test
    void messagesAreCollectedUntilTheFirstOneHasWaitedLongEnough() throws ResourceException {
        spec.setBatchWait(1_000);
        deliver(true, messages -> {});
        activation.start();
        queue.push("m1", "value");
        await().atMost(LONG).until(() -> queue.processing().size() == 1);
        queue.push("m2", "value");
        awaitDone();

        assertThat(calls).containsExactly(List.of("m1", "m2"));
    }

    @Test
    void fullBatchDoesNotWait() throws ResourceException {
        spec.setBatchWait(60_000);
        spec.setBatch(3);
        deliver(true, messages -> {});
        activation.start();
        push(3);
        awaitDone();

        assertThat(sizes()).containsExactly(3);
    }

    @Test
    void collectedMessagesAreReleasedWhenTheListenerStops() throws ResourceException {
        spec.setBatchWait(60_000);
        deliver(true, messages -> {});
        activation.start();
        push(3);
        await().atMost(LONG).until(() -> queue.processing().size() == 3);
        activation.stopAndDrain();

        assertThat(queue.ready()).hasSize(3);
        assertThat(calls).isEmpty();
    }

    @Test
    void batchIsLimitedByItsBytes() throws ResourceException {
        String large = "x".repeat(9 << 20);
        for (int i = 1; i <= 4; i++) {
            queue.push("m" + i, large);
        }
        deliver(true, messages -> {});
        activation.start();
        awaitDone();

        assertThat(sizes()).containsOnly(1);
    }

    // Failures

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void poisonMessageBecomesTheOnlyDeadLetter(boolean transacted) throws ResourceException {
        List<String> processed = new CopyOnWriteArrayList<>();
        spec.setMaxDeliveries(2);
        deliver(transacted, messages -> {
            failIfPoisoned(messages);
            messages.forEach(message -> processed.add(message.id()));
        });
        push(50);
        activation.start();
        await().atMost(LONG)
                .until(() -> queue.dead().size() == 1 && queue.processing().isEmpty());

        assertThat(processed).hasSize(49).doesNotHaveDuplicates().doesNotContain("m7");
        assertThat(sizes().get(0)).isEqualTo(50);
        assertThat(sizes().subList(1, calls.size())).hasSize(51).containsOnly(1);
        assertThat(events).contains("redelivered m7", "dead-lettered m7").hasSize(51);
    }

    @Test
    void failureOfTheBatchDoesNotCount() throws ResourceException {
        List<Integer> deliveryCounts = new CopyOnWriteArrayList<>();
        try (CapturedLog log = new CapturedLog()) {
            deliver(true, messages -> {
                messages.forEach(message -> deliveryCounts.add(message.deliveryCount()));
                if (messages.size() > 1) {
                    throw new IllegalStateException("too many");
                }
            });
            push(3);
            activation.start();
            awaitDone();

            assertThat(deliveryCounts).hasSize(6).containsOnly(1);
            assertThat(calls).containsExactly(List.of("m1", "m2", "m3"), List.of("m1"), List.of("m2"), List.of("m3"));
            assertThat(log.lines())
                    .contains("RQ-332 Queue '" + queue.name() + "': a batch of 3 messages was rolled back, so each is"
                            + " delivered individually: java.lang.IllegalStateException: too many");
        }
    }

    @ParameterizedTest
    @EnumSource(value = FakeContainer.Fault.class, names = "LEFT_PREPARED", mode = EnumSource.Mode.EXCLUDE)
    void messagesAreSettledWhateverTheContainerDoes(FakeContainer.Fault fault) throws ResourceException {
        deliver(true, messages -> {});
        container.fault = fault;
        push(5);
        activation.start();
        awaitDone();

        assertThat(container.fault).isEqualTo(FakeContainer.Fault.NONE);
        assertThat(calls.get(calls.size() - 1)).contains("m5");
        assertThat(events).filteredOn(event -> event.startsWith("redelivered")).isEmpty();
    }

    @Test
    void malformedMessageIsDeadLetteredAndTheOthersAreDelivered() throws ResourceException {
        deliver(true, messages -> {});
        push(2);
        queue.push("bad", "RQ/1\r\nno header\r\n\r\nbody");
        queue.push("m3", "value");
        activation.start();
        await().atMost(LONG)
                .until(() -> queue.dead().size() == 1 && queue.processing().isEmpty());

        assertThat(calls).containsExactly(List.of("m1", "m2", "m3"));
    }

    @Test
    void messagesOfABatchThatWasInterruptedByACrashAreDeliveredAlone() throws ResourceException {
        for (int i = 1; i <= 3; i++) {
            redis.call("SET", queue.key("message:crashed" + i), "value");
            redis.call("ZADD", queue.key("processing"), "1", "crashed" + i + " 0000-dead");
        }
        push(4);
        deliver(true, messages -> {});
        activation.start();
        awaitDone();

        assertThat(calls)
                .hasSize(4)
                .contains(List.of("crashed1"), List.of("crashed2"), List.of("crashed3"))
                .contains(List.of("m1", "m2", "m3", "m4"));
    }

    @Test
    void lostLeaseOfOneMessageDoesNotKeepTheOthersFromBeingAcknowledged() throws ResourceException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch stolen = new CountDownLatch(1);
        deliver(true, messages -> {
            started.countDown();
            await().atMost(LONG).until(() -> stolen.getCount() == 0);
        });
        push(3);
        activation.start();
        await().atMost(LONG).until(() -> started.getCount() == 0);
        redis.call("ZREM", queue.key("processing"), entry("m2"));
        redis.call("ZADD", queue.key("processing"), "9999999999999", "m2 another-consumer");
        stolen.countDown();
        await().atMost(LONG).until(() -> queue.processing().size() == 1);

        assertThat(queue.exists("m1")).isFalse();
        assertThat(queue.exists("m2")).isTrue();
        assertThat(queue.exists("m3")).isFalse();
    }

    @Test
    void batchThatIsFullByItsBytesDoesNotWait() throws ResourceException {
        spec.setBatchWait(60_000);
        String large = "x".repeat(9 << 20);
        queue.push("m1", large);
        queue.push("m2", large);
        deliver(true, messages -> {});
        activation.start();
        await().atMost(LONG).until(() -> calls.size() == 1);

        assertThat(calls).containsExactly(List.of("m1"));
    }

    @Test
    void abandonedMessageDoesNotWaitForOthers() throws ResourceException {
        spec.setBatchWait(60_000);
        redis.call("SET", queue.key("message:crashed"), "value");
        redis.call("ZADD", queue.key("processing"), "1", "crashed 0000-dead");
        deliver(true, messages -> {});
        activation.start();
        awaitDone();

        assertThat(calls).containsExactly(List.of("crashed"));
    }

    // Exhausted memory

    @Test
    void exhaustedMemoryDuringABatchKeepsNoLeases() throws ResourceException {
        spec.setLease(1_000);
        deliver(true, messages -> {});
        container.noMemory = new OutOfMemoryError("test");
        push(3);
        activation.start();
        awaitDone();

        assertThat(calls).hasSize(3).allSatisfy(call -> assertThat(call).hasSize(1));
    }

    @Test
    void exhaustedMemoryDuringAnIndividualDeliveryKeepsNoLeases() throws ResourceException {
        spec.setLease(1_000);
        deliver(true, messages -> {
            if (messages.size() > 1) {
                container.noMemory = new OutOfMemoryError("test");
                throw new IllegalStateException("too many");
            }
        });
        push(3);
        activation.start();
        awaitDone();

        assertThat(calls).containsExactly(List.of("m1", "m2", "m3"), List.of("m2"), List.of("m3"), List.of("m1"));
    }

    // Outages

    @Test
    void outageDeadLettersNoMessageOfABatchThatMustNotFailOnce() throws ResourceException {
        AtomicBoolean down = new AtomicBoolean(true);
        spec.setMaxDeliveries(1);
        deliver(true, messages -> {
            if (down.get()) {
                throw new IllegalStateException("no database");
            }
        });
        push(5);
        activation.start();
        await().atMost(LONG).until(activation::isBreakerOpen);
        await().atMost(LONG).until(() -> calls.size() >= 8); // two probes
        down.set(false);
        awaitDone();

        assertThat(queue.dead()).isEmpty();
        assertThat(calls.subList(6, 8))
                .as("probes")
                .allSatisfy(call -> assertThat(call).hasSize(1));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(events)
                        .filteredOn(event -> event.startsWith("acknowledged"))
                        .hasSize(5));
    }

    @Test
    void probesOfABatchListenerAreSingleMessagesThatDoNotWaitForOthers() throws ResourceException {
        spec.setFailureThreshold(3);
        spec.setBatch(10);
        spec.setBatchWait(60_000);
        deliver(true, messages -> {
            throw new IllegalStateException("no database");
        });
        push(10);
        activation.start();
        await().atMost(LONG).until(activation::isBreakerOpen);
        int before = calls.size();
        await().atMost(LONG).until(() -> calls.size() > before + 1);

        assertThat(calls.subList(before, before + 2))
                .allSatisfy(call -> assertThat(call).hasSize(1));
        assertThat(queue.dead()).isEmpty();
    }

    @Test
    void rolledBackBatchesAreLoggedOnceAMinute() throws ResourceException {
        try (CapturedLog log = new CapturedLog()) {
            deliver(true, messages -> {
                if (messages.size() > 1) {
                    throw new IllegalStateException("too many");
                }
            });
            push(120);
            activation.start();
            awaitDone();

            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("RQ-332 Queue '" + queue.name() + "'"))
                    .hasSize(1);
        }
    }

    @Test
    void batchThatFailsAfterTheDrainTimeoutIsReleasedInItsOrder() throws ResourceException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch drained = new CountDownLatch(1);
        spec.setDrainTimeout(1);
        container = FakeContainer.ofBatches(true, messages -> {});
        activation = Activation.of(
                spec,
                "listener",
                false,
                new ListenerEndpoint() {
                    @Override
                    public boolean receivesBatches() {
                        return true;
                    }

                    @Override
                    public DeliveryResult deliver(Delivery delivery) {
                        delivery.begin();
                        started.countDown();
                        await().atMost(LONG).until(() -> drained.getCount() == 0);
                        return DeliveryResult.failed(new IllegalStateException("undeployed"));
                    }
                },
                new Inbound(manager, NamedResources.of(container), container, blocking, new Observers(new Ends())));
        push(3);
        activation.start();
        await().atMost(LONG).until(() -> started.getCount() == 0);
        activation.stopAndDrain();
        drained.countDown();
        await().atMost(LONG).until(() -> queue.ready().size() == 3);

        assertThat(events).containsExactly("released m1", "released m2", "released m3");
        List<?> ready = queue.ready();
        assertThat(ready.get(ready.size() - 1)).as("the next message").isEqualTo("m1");
    }

    // Configuration

    @Test
    void batchPropertiesOfABeanWithoutABatchListenerAreRefused() {
        spec.setBatchWait(100);
        container = new FakeContainer(true, message -> {});
        assertThatExceptionOfType(InvalidPropertyException.class)
                .isThrownBy(() -> Activation.of(
                        spec,
                        container,
                        new Inbound(
                                manager,
                                NamedResources.of(container),
                                container,
                                blocking,
                                new Observers(new LoggingObserver()))))
                .withMessageContaining("'batchWait' is '100'");
        container.close();
    }

    // Two phases

    @Test
    void batchThatIsRolledBackAfterItWasPreparedIsDeliveredIndividually() throws ResourceException {
        deliver(true, messages -> {});
        container.fault = FakeContainer.Fault.ROLLED_BACK_AFTER_PREPARE;
        push(3);
        activation.start();
        awaitDone();

        assertThat(calls).containsExactly(List.of("m1", "m2", "m3"), List.of("m1"), List.of("m2"), List.of("m3"));
        assertThat(events).containsExactlyInAnyOrder("acknowledged m1", "acknowledged m2", "acknowledged m3");
    }

    @Test
    void preparedBatchIsNotDeliveredAgain() throws ResourceException {
        deliver(true, messages -> {});
        container.fault = FakeContainer.Fault.LEFT_PREPARED;
        push(3);
        activation.start();
        await().atMost(LONG).until(() -> container.fault == FakeContainer.Fault.NONE);
        queue.push("m4", "value");
        await().atMost(LONG).until(() -> events.contains("acknowledged m4"));
        assertThat(queue.prepared()).hasSize(1);
        assertThat(queue.processing()).hasSize(3);
        container.commitPrepared();
        awaitDone();

        assertThat(calls).containsExactly(List.of("m1", "m2", "m3"), List.of("m4"));
        await().atMost(LONG)
                .until(() -> activation.statistics().get(0).figures().active() == 0);
        assertThat(activation.statistics().get(0).figures().failed()).isZero();
    }

    // Interruptions of the individual deliveries

    /** Rolls back a batch of three messages, and interrupts the individual delivery of the first one. */
    private List<String> deliverIndividually(Runnable interruption) throws ResourceException {
        List<String> processed = new CopyOnWriteArrayList<>();
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicBoolean rolledBack = new AtomicBoolean();
        deliver(true, messages -> {
            if (rolledBack.compareAndSet(false, true)) {
                throw new IllegalStateException("once");
            }
            started.countDown();
            await().atMost(LONG).until(() -> interrupted.getCount() == 0);
            messages.forEach(message -> processed.add(message.id()));
        });
        push(3);
        activation.start();
        await().atMost(LONG).until(() -> started.getCount() == 0);
        interruption.run();
        interrupted.countDown();
        return processed;
    }

    private String entry(String id) {
        return queue.processing().stream()
                .map(String::valueOf)
                .filter(member -> member.startsWith(id + " "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void leasesAreRenewedDuringTheIndividualDeliveries() throws ResourceException {
        spec.setLease(1_000);
        List<String> processed = deliverIndividually(() -> {
            List<?> held = queue.processing();
            await().atMost(LONG)
                    .during(Duration.ofMillis(2_500))
                    .until(() -> queue.processing().containsAll(held));
        });
        awaitDone();

        assertThat(processed).containsExactly("m1", "m2", "m3");
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(
                                activation.statistics().get(0).figures().delivered())
                        .isEqualTo(3));
    }

    @Test
    void stopReleasesTheMessagesThatAreYetToBeDeliveredIndividually() throws ResourceException {
        List<String> processed = deliverIndividually(() -> {
            activation.stop();
        });
        await().atMost(LONG).until(() -> queue.ready().size() == 2);

        assertThat(processed).containsExactly("m1");
        assertThat(queue.processing()).isEmpty();
        assertThat(queue.dead()).isEmpty();
    }

    @Test
    void pauseReleasesTheMessagesThatAreYetToBeDeliveredIndividually() throws ResourceException {
        List<String> processed = deliverIndividually(() -> activation.pause());
        await().atMost(LONG).until(() -> queue.ready().size() == 2);
        assertThat(processed).containsExactly("m1");
        activation.resume();
        awaitDone();

        assertThat(processed).containsExactlyInAnyOrder("m1", "m2", "m3");
    }

    @Test
    void messageWhoseLeaseIsLostIsNotSettledByItsIndividualDelivery() throws ResourceException {
        List<String> processed = deliverIndividually(() -> {
            redis.call("ZREM", queue.key("processing"), entry("m2"));
            redis.call("ZADD", queue.key("processing"), "9999999999999", "m2 another-consumer");
        });
        await().atMost(LONG).until(() -> queue.processing().size() == 1);

        assertThat(processed).contains("m1", "m3");
        assertThat(queue.exists("m2")).isTrue();
        assertThat(events).doesNotContain("acknowledged m2", "redelivered m2", "dead-lettered m2");
    }
}
