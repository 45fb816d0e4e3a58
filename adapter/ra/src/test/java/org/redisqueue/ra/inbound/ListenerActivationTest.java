// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.resource.ResourceException;
import jakarta.transaction.TransactionManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.outbound.RedisManagedConnectionFactory;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.EnlistedConnections;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestNarayana;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.testing.ThrowingEndpoint;
import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerActivator;
import org.redisqueue.spi.ListenerEndpoint;
import org.redisqueue.spi.UnreadableMessageException;

/** Deliveries to listeners of extensions, which begin the transactions themselves. */
class ListenerActivationTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final TransactionManager transactions = TestNarayana.transactionManager();
    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final QueueProbe next = QueueProbe.create(redis);
    private final FakeContainer container = new FakeContainer(true, message -> {});
    private final RedisResourceAdapter adapter = new RedisResourceAdapter();
    private final List<RedisMessage> seen = new CopyOnWriteArrayList<>();
    private final Map<String, String> properties = new HashMap<>();
    private RedisQueueConnectionFactory factory;
    private ListenerActivation activation;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private boolean stopped;

    /** What a listener does with a message. */
    private interface Listener {
        void receive(RedisMessage message) throws Exception;
    }

    @BeforeEach
    void start() throws ResourceException {
        adapter.setAddresses(redis.address());
        adapter.start(container);
        RedisManagedConnectionFactory maker = new RedisManagedConnectionFactory();
        maker.setResourceAdapter(adapter);
        factory = (RedisQueueConnectionFactory) maker.createConnectionFactory(new EnlistedConnections(transactions));
        properties.put("queue", queue.name());
        properties.put("redeliveryDelay", "1");
    }

    @AfterEach
    void stop() {
        if (!stopped) {
            adapter.stop();
        }
        container.close();
    }

    private void activate(boolean transacted, ThrowingEndpoint endpoint) {
        activation = ((ListenerActivator) factory).activate("Test.listener", properties, transacted, false, endpoint);
    }

    private void activateBatches(ThrowingEndpoint endpoint) {
        activation = ((ListenerActivator) factory)
                .activate("Test.listener", properties, true, false, new ListenerEndpoint() {
                    @Override
                    public DeliveryResult deliver(Delivery delivery) {
                        return endpoint.deliver(delivery);
                    }

                    @Override
                    public boolean receivesBatches() {
                        return true;
                    }
                });
    }

    private List<String> seenIds() {
        return seen.stream().map(RedisMessage::id).toList();
    }

    /** Activates listeners as an extension does. */
    private ThrowingEndpoint inTransaction(Listener listener) {
        return delivery -> {
            transactions.begin();
            try (RedisQueueConnection connection = factory.createConnection()) {
                delivery.begin(connection);
                call(listener, delivery);
            } catch (Exception e) {
                transactions.rollback();
                throw e;
            }
            transactions.commit();
        };
    }

    private void call(Listener listener, Delivery delivery) throws Exception {
        seen.addAll(delivery.messages());
        listener.receive(delivery.message());
    }

    private void awaitDone() {
        await().atMost(LONG).until(queue::isGone);
    }

    @Test
    void commitAcknowledgesAndSendsTogether() {
        activate(true, inTransaction(message -> {
            try (RedisQueueConnection connection = factory.createConnection()) {
                connection.send(next.name(), message.text() + "!");
            }
            assertThat(queue.exists("a")).isTrue();
            assertThat(next.ready()).isEmpty();
        }));
        queue.push("a", "value");
        awaitDone();
        assertThat(next.ready()).hasSize(1);
        assertThat(next.value(next.ready().get(0).toString())).endsWith("value!");
        assertThat(seen).hasSize(1);
    }

    @Test
    void rolledBackMessageIsRedelivered() {
        activate(true, inTransaction(message -> {
            if (!message.redelivered()) {
                throw new Exception("the first time");
            }
        }));
        queue.push("a", "value");
        awaitDone();
        assertThat(seen).extracting(RedisMessage::deliveryCount).containsExactly(1, 2);
    }

    @Test
    void deadLetterStatesTheExceptionOfTheListener() {
        properties.put("maxDeliveries", "1");
        activate(true, inTransaction(message -> {
            throw new IllegalStateException("no stock");
        }));
        queue.push("a", "value");
        await().atMost(LONG).until(() -> queue.dead().contains("a"));
        assertThat(redis.call("HGET", queue.key("errors"), "a").toString())
                .contains("java.lang.IllegalStateException: no stock");
    }

    @Test
    void exceptionBeforeTheDeliveryBeginsDoesNotCountAsFailure() {
        boolean[] refused = new boolean[1];
        ThrowingEndpoint endpoint = inTransaction(message -> {});
        activate(true, delivery -> {
            if (!refused[0]) {
                refused[0] = true;
                throw new IllegalStateException("the application is stopping");
            }
            endpoint.receive(delivery);
        });
        queue.push("a", "value");
        awaitDone();
        assertThat(seen).extracting(RedisMessage::deliveryCount).containsExactly(1);
    }

    @Test
    void unreadableMessageIsDeadLetteredAtOnce() {
        activate(true, delivery -> {
            throw new UnreadableMessageException("RQ-113 no JSON", null);
        });
        queue.push("a", "value");
        await().atMost(LONG).until(() -> queue.dead().contains("a"));
        assertThat(redis.call("HGET", queue.key("errors"), "a").toString()).contains("RQ-113 no JSON");
    }

    @Test
    void rolledBackBatchIsDeliveredIndividually() {
        properties.put("maxConcurrency", "1");
        boolean[] failed = new boolean[1];
        queue.push("a", "value");
        queue.push("b", "value");
        activateBatches(inTransaction(message -> {
            if (!failed[0]) {
                failed[0] = true;
                throw new IllegalStateException("the first time");
            }
        }));
        awaitDone();

        assertThat(seenIds()).containsExactly("a", "b", "a", "b");
        assertThat(seen).extracting(RedisMessage::deliveryCount).containsOnly(1);
    }

    @Test
    void batchWhoseDeliveryCannotBeginIsDeliveredLaterWithoutAFailure() {
        properties.put("maxConcurrency", "1");
        boolean[] refused = new boolean[1];
        ThrowingEndpoint endpoint = inTransaction(message -> {});
        queue.push("a", "value");
        queue.push("b", "value");
        activateBatches(delivery -> {
            if (!refused[0]) {
                refused[0] = true;
                throw new IllegalStateException("the application is stopping");
            }
            endpoint.receive(delivery);
        });
        awaitDone();

        assertThat(seenIds()).containsExactly("a", "b");
        assertThat(seen).extracting(RedisMessage::deliveryCount).containsOnly(1);
    }

    @Test
    void unreadableMessagesOfABatchAreDeadLetteredAndTheOthersAreDelivered() {
        ThrowingEndpoint endpoint = inTransaction(message -> {});
        queue.push("a", "value");
        queue.push("b", "unreadable");
        queue.push("c", "value");
        activateBatches(delivery -> {
            for (RedisMessage message : delivery.messages()) {
                if (message.text().equals("unreadable")) {
                    delivery.exclude(message, new UnreadableMessageException("RQ-113 no JSON", null));
                }
            }
            if (!delivery.messages().isEmpty()) {
                endpoint.receive(delivery);
            }
        });
        await().atMost(LONG)
                .until(() -> queue.dead().contains("b") && queue.processing().isEmpty());
        queue.push("d", "unreadable");
        await().atMost(LONG)
                .until(() -> queue.dead().contains("d") && queue.processing().isEmpty());

        assertThat(seenIds()).containsExactlyInAnyOrder("a", "c");
    }

    @Test
    void messageWithoutTransactionIsAcknowledgedWhenTheListenerReturns() {
        activate(false, delivery -> {
            delivery.begin();
            call(
                    message -> {
                        assertThat(transactions.getStatus()).isEqualTo(6);
                        if (!message.redelivered()) {
                            throw new Exception("the first time");
                        }
                    },
                    delivery);
        });
        queue.push("a", "value");
        awaitDone();
        assertThat(seen).hasSize(2);
    }

    @Test
    void deliveryCannotBeginOnAConnectionWithoutTransaction() {
        CapturedLog log = new CapturedLog();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        activate(true, delivery -> {
            try (RedisQueueConnection connection = factory.createConnection()) {
                delivery.begin(connection);
            } catch (RedisQueueException e) {
                failures.add(e);
                throw e;
            }
        });
        queue.push("a", "value");
        await().atMost(LONG).until(() -> !failures.isEmpty());
        assertThat(failures.get(0))
                .hasMessage("RQ-126 The delivery cannot join the transaction: the connection is not part of one."
                        + " Use a connection factory with XA transactions.");
        await().atMost(LONG).until(() -> failures.size() >= 2);
        activation.deactivate();
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("RQ-318 "))
                .containsExactly("RQ-318 Queue '" + queue.name()
                        + "': the delivery of message 'a' cannot begin (retrying within 10 s): "
                        + "org.redisqueue.RedisQueueException: RQ-126 The delivery cannot join the transaction:"
                        + " the connection is not part of one. Use a connection factory with XA transactions.");
        log.close();
        assertThat(queue.ready()).isEqualTo(List.of("a"));
    }

    @Test
    void pausedListenerClaimsNothing() throws Exception {
        properties.put("maxConcurrency", "1");
        activate(true, inTransaction(message -> end.await()));
        queue.push("a", "value");
        queue.push("b", "value");
        await().atMost(LONG).until(() -> seen.size() == 1 && queue.processing().size() == 2);

        activation.pause();
        await().atMost(LONG).until(() -> queue.processing().size() == 1);
        end.countDown();
        await().atMost(LONG).until(() -> queue.processing().isEmpty());
        queue.push("c", "value");
        await().during(Duration.ofMillis(500))
                .atMost(LONG)
                .until(() -> queue.processing().isEmpty());
        assertThat(queue.ready()).hasSize(2);

        activation.resume();
        awaitDone();
        assertThat(seen).extracting(RedisMessage::id).containsExactly("a", "b", "c");
    }

    @Test
    void deliveryContinuesAfterManyPauses() {
        activate(true, inTransaction(message -> {}));
        for (int i = 0; i < 200; i++) {
            queue.push("m" + i, "value");
            activation.pause();
            activation.resume();
        }
        awaitDone();
        assertThat(seen).extracting(RedisMessage::id).doesNotHaveDuplicates().hasSize(200);
    }

    @Test
    void activationMayBeginPaused() {
        activation = ((ListenerActivator) factory)
                .activate("Test.listener", properties, true, true, inTransaction(message -> {}));
        queue.push("a", "value");
        await().during(Duration.ofMillis(300))
                .atMost(LONG)
                .until(() -> queue.ready().size() == 1);
        activation.resume();
        awaitDone();
    }

    @Test
    void activationEndsWithItsAdapter() {
        activate(true, inTransaction(message -> {}));
        assertThat(activation.ended().toCompletableFuture()).isNotDone();
        adapter.stop();
        stopped = true;
        assertThat(activation.ended().toCompletableFuture()).isCompleted();
        activation.deactivate();
        assertThatThrownBy(() -> activate(true, delivery -> {}))
                .isInstanceOf(RedisQueueException.class)
                .hasMessageStartingWith("RQ-127 ");
    }

    @Test
    void deactivationWaitsForTheListener() throws Exception {
        hold(message -> {});
        Thread first = deactivating();
        Thread second = deactivating();
        end.countDown();
        first.join();
        second.join();
        assertThat(queue.isGone()).isTrue();
    }

    @Test
    void concurrentDeactivationsWaitNoLongerThanTheDrainTimeout() throws Exception {
        properties.put("drainTimeout", "2000");
        hold(message -> {});
        Thread first = deactivating();
        Thread second = deactivating();
        first.join();
        second.join();
        assertThat(activation.ended().toCompletableFuture()).isCompleted();
        end.countDown();
        awaitDone();
    }

    @Test
    void failureAfterTheDrainTimeoutDoesNotCount() throws Exception {
        properties.put("drainTimeout", "1");
        properties.put("maxDeliveries", "1");
        hold(message -> {
            throw new IllegalStateException("the application is gone");
        });
        activation.deactivate();
        assertThat(queue.processing()).hasSize(1);
        end.countDown();
        await().atMost(LONG).until(() -> queue.ready().equals(List.of("a")));
        assertThat(redis.call("EXISTS", queue.key("failures"), queue.key("dead")))
                .isEqualTo(0L);
    }

    /** Starts a delivery whose listener waits for {@link #end}, and then does this. */
    private void hold(Listener afterwards) throws InterruptedException {
        activate(true, inTransaction(message -> {
            begun.countDown();
            end.await();
            afterwards.receive(message);
        }));
        queue.push("a", "value");
        begun.await();
    }

    private Thread deactivating() {
        Thread thread = new Thread(activation::deactivate);
        thread.start();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1)) // the drain timeout of a test may be short
                .atMost(LONG)
                .until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return thread;
    }

    @Test
    void invalidPropertiesAreNamedWithTheirValuesAndRanges() {
        properties.put("lease", "soon");
        properties.put("leese", "1");
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> activate(true, delivery -> {}))
                .withMessageStartingWith("RQ-101 Invalid configuration of the listener 'Test.listener': ")
                .withMessageContaining("'lease' is 'soon', but must be 1,000 to 3,600,000 ms")
                .withMessageContaining("unknown property 'leese', known properties are queue, topic, rateLimit, ");
        properties.remove("leese");
        properties.put("lease", "1");
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> activate(true, delivery -> {}))
                .withMessageContaining("'lease' is '1', but must be 1,000 to 3,600,000 ms");
        properties.clear();
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> activate(true, delivery -> {}))
                .withMessageStartingWith("RQ-116 No queue is configured for listener 'Test.listener'");
    }
}
