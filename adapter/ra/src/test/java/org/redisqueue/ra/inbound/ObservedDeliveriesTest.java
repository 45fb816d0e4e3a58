// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import jakarta.resource.spi.ManagedConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.PauseScope;
import org.redisqueue.ra.outbound.RedisManagedConnectionFactory;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.RecordingObserver;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerEndpoint;
import org.redisqueue.spi.UnreadableMessageException;

/** The events that observers see when messages are received or delivered to beans and listeners of extensions. */
class ObservedDeliveriesTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final RecordingObserver events = new RecordingObserver();
    private final RedisResourceAdapter adapter = new RedisResourceAdapter();
    private final RedisActivationSpec spec = new RedisActivationSpec();
    private final CountDownLatch end = new CountDownLatch(1);
    private FakeContainer container;

    @AfterEach
    void stop() {
        end.countDown();
        adapter.stop();
        container.close();
    }

    private void start(boolean transacted, TestRedis server, RedisMessageListener listener) throws Exception {
        container = new FakeContainer(transacted, listener);
        adapter.setAddresses(server.address());
        adapter.observe(events.observer());
        adapter.start(container);
        spec.setQueue(queue.name());
        spec.setRedeliveryDelay(1);
    }

    private void deliver(boolean transacted, RedisMessageListener listener) throws Exception {
        start(transacted, redis, listener);
        adapter.endpointActivation(container, spec);
    }

    private ListenerActivation activate(ListenerEndpoint endpoint) throws Exception {
        start(false, redis, message -> {});
        Map<String, String> properties = Map.of("queue", queue.name(), "redeliveryDelay", "1", "maxDeliveries", "2");
        return adapter.activate(adapter, "Test.listener", properties, false, false, endpoint);
    }

    private ManagedConnection connect() throws Exception {
        RedisManagedConnectionFactory factory = new RedisManagedConnectionFactory();
        factory.setResourceAdapter(adapter);
        return factory.createManagedConnection(null, null);
    }

    private void awaitEvents(String... expected) {
        await().atMost(LONG).untilAsserted(() -> assertThat(events.of(queue)).containsExactly(expected));
    }

    /** The second delivery may begin before this process knows that Redis has accepted the end of the first. */
    private void awaitRedeliveryAndDeadLetter() {
        List<String> first = List.of("claimed a#1", "started a#1", "redelivered a#1");
        List<String> second = List.of("claimed a#2", "started a#2", "deadLettered a#2");
        await().atMost(LONG).until(() -> events.of(queue).size() == first.size() + second.size());
        assertThat(events.of(queue)).containsSubsequence(first).containsSubsequence(second);
    }

    private void join() {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // Outcomes of deliveries

    @Test
    void commitAcknowledges() throws Exception {
        deliver(true, message -> {});
        queue.push("a", "RQ/1\r\nsent: 2026-01-31T12:00:00Z\r\n\r\nvalue");

        awaitEvents("claimed a#1", "started a#1", "acknowledged a#1");

        assertThat(events.first("started").argument(1, RedisMessage.class).sentAt())
                .isPresent();
        assertThat(events.first("acknowledged").argument(1, Long.class)).isPositive();
        assertThat(events.first("acknowledged").arguments().get(2)).isNull();
    }

    @Test
    void messageIsAcknowledgedWhenAListenerWithoutATransactionReturns() throws Exception {
        deliver(false, message -> {});
        queue.push("a", "value");

        awaitEvents("claimed a#1", "started a#1", "acknowledged a#1");
    }

    @Test
    void failedMessageIsRedeliveredAndThenDeadLettered() throws Exception {
        spec.setMaxDeliveries(2);
        deliver(true, message -> {
            throw new IllegalStateException("no stock");
        });
        queue.push("a", "value");

        awaitRedeliveryAndDeadLetter();

        assertThat(events.first("redelivered").argument(1, Long.class)).isPositive();
        assertThat(events.first("redelivered").argument(2, Long.class)).isEqualTo(1);
        assertThat(events.first("redelivered").argument(3, String.class))
                .isEqualTo("java.lang.IllegalStateException: no stock");
        assertThat(events.first("deadLettered").argument(2, String.class))
                .isEqualTo("java.lang.IllegalStateException: no stock");
    }

    @Test
    void malformedMessageIsDeadLetteredWithoutDelivery() throws Exception {
        deliver(true, message -> {});
        queue.push("a", "RQ/1\r\nno header\r\n\r\nbody");

        awaitEvents("claimed a#1", "deadLettered a#1");
    }

    @Test
    void messageThatTheContainerRefusesIsReleased() throws Exception {
        start(true, redis, message -> {});
        container.fault = FakeContainer.Fault.ENDPOINT_UNAVAILABLE;
        queue.push("a", "value");
        adapter.endpointActivation(container, spec);

        await().atMost(LONG).until(() -> events.of(queue).contains("acknowledged a#1"));
        // A claim that was under way may return the message before the reply to its release is handled, or while the
        // listener does not accept deliveries: then it is released again.
        assertThat(events.of(queue)).startsWith("claimed a#1", "started a#1").contains("released a#1");
        assertThat(events.of(queue)).filteredOn("started a#1"::equals).hasSize(2);
        assertThat(count("claimed a#1")).isEqualTo(count("released a#1") + 1);
    }

    private long count(String event) {
        return events.of(queue).stream().filter(event::equals).count();
    }

    @Test
    void deliveryThatLosesItsLeaseIsAbandoned() throws Exception {
        spec.setLease(1_000);
        deliver(true, message -> join());
        queue.push("a", "value");
        await().atMost(LONG).until(() -> events.of(queue).contains("started a#1"));
        redis.call("DEL", queue.key("processing"));
        await().atMost(LONG).until(() -> events.of(queue).contains("leaseLost a"));
        end.countDown();

        awaitEvents("claimed a#1", "started a#1", "leaseLost a", "abandoned a#1");
    }

    // Messages that claims do not return

    @Test
    void claimsReportMessagesThatTheyDoNotReturn() throws Exception {
        redis.call("HSET", queue.key("message:type"), "a", "b");
        redis.call("LPUSH", queue.key("ready"), "type", "missing");
        deliver(true, message -> {});

        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(events.of(queue)).containsExactlyInAnyOrder("gone", "deadLetteredByClaim"));

        assertThat(events.first("gone").arguments()).containsExactly(queue.name(), "missing");
        assertThat(events.first("deadLetteredByClaim").argument(1, String.class))
                .isEqualTo("type");
    }

    // Pauses and outages

    @Test
    void pausingAndResumingAQueueAreEachReportedOnce() throws Exception {
        redis.call("SET", queue.key("paused"), "1");
        deliver(true, message -> {});
        awaitEvents("paused");
        assertThat(events.first("paused").argument(1, PauseScope.class)).isEqualTo(PauseScope.QUEUE);

        redis.call("DEL", queue.key("paused"));

        awaitEvents("paused", "resumed");
    }

    @Test
    void pausedListenerReleasesMessagesThatItHasNotSeen() throws Exception {
        start(false, redis, message -> {});
        queue.push("a", "value");
        queue.push("b", "value");
        Map<String, String> properties = Map.of("queue", queue.name(), "maxConcurrency", "1");
        ListenerActivation activation =
                adapter.activate(adapter, "Test.listener", properties, false, false, delivery -> {
                    delivery.begin();
                    join();
                    return DeliveryResult.completed();
                });
        await().atMost(LONG)
                .until(() -> events.of(queue).contains("started a#1")
                        && queue.processing().size() == 2);
        activation.pause();
        await().atMost(LONG).until(() -> events.of(queue).contains("released b#1"));
        activation.resume();
        end.countDown();

        await().atMost(LONG).until(queue::isGone);
        await().atMost(LONG).until(() -> events.of(queue).contains("acknowledged b#1"));
        assertThat(events.of(queue)).contains("paused", "resumed", "acknowledged a#1");
        assertThat(events.first("paused").argument(1, PauseScope.class)).isEqualTo(PauseScope.LISTENER);
    }

    @Test
    void startAndEndOfAnOutageAreReported() throws Exception {
        try (TestRedis own = TestRedis.start()) {
            start(true, own, message -> {});
            adapter.endpointActivation(container, spec);
            await().atMost(LONG).until(() -> ((String) own.call("CLIENT", "LIST")).contains("cmd=blmove"));

            own.kill();
            awaitEvents("connectionLost");
            own.restart();

            awaitEvents("connectionLost", "connectionRestored");
            adapter.endpointDeactivation(container, spec);
        }
    }

    // Other deliveries

    @Test
    void deliveriesToListenersOfExtensionsAreObserved() throws Exception {
        activate(delivery -> {
            delivery.begin();
            throw new IllegalStateException("no stock");
        });
        queue.push("a", "value");

        awaitRedeliveryAndDeadLetter();
    }

    @Test
    void messageThatAnExtensionCannotReadIsDeadLettered() throws Exception {
        activate(delivery -> {
            throw new UnreadableMessageException("RQ-113 not JSON", null);
        });
        queue.push("a", "value");

        awaitEvents("claimed a#1", "started a#1", "deadLettered a#1");
    }

    @Test
    void receivedMessagesAreObserved() throws Exception {
        start(true, redis, message -> {});
        ManagedConnection managed = connect();
        RedisQueueConnection connection = (RedisQueueConnection) managed.getConnection(null, null);
        queue.push("a", "value");
        queue.push("b", "value");

        assertThat(connection.receive(queue.name(), Duration.ZERO)).isPresent();
        managed.getLocalTransaction().begin();
        assertThat(connection.receive(queue.name(), Duration.ZERO)).isPresent();
        managed.getLocalTransaction().rollback();

        awaitEvents("claimed a#1", "started a#1", "acknowledged a#1", "claimed b#1", "started b#1", "redelivered b#1");
        managed.destroy();
    }

    @Test
    void receivedMessageThatCannotBeDeadLetteredIsUnconfirmed() throws Exception {
        start(true, redis, message -> {});
        ManagedConnection managed = connect();
        RedisQueueConnection connection = (RedisQueueConnection) managed.getConnection(null, null);
        queue.push("a", "RQ/1\r\nno header\r\n\r\nbody");
        redis.call("SET", queue.key("dead"), "not a list");

        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.receive(queue.name(), Duration.ZERO))
                .withMessageStartingWith("RQ-107 'dead-letter' was not executed: ");

        awaitEvents("claimed a#1", "unconfirmed a#1");
        assertThat(events.first("unconfirmed").argument(2, String.class)).isEqualTo("dead-letter");
        managed.destroy();
    }

    @Test
    void receivedMessageThatItsTransactionCannotAcceptIsReleased() throws Exception {
        receiveWhatTheTransactionSends();

        awaitEvents("claimed a#1", "started a#1", "released a#1");
        assertThat(queue.ready()).isEqualTo(List.of("a"));
    }

    @Test
    void receivedMessageThatCannotBeReleasedIsAbandoned() throws Exception {
        adapter.observe(new DeliveryObserver() {
            @Override
            public void started(ClaimedMessage message, RedisMessage content) {
                redis.call("SET", queue.key("ready"), "not a list");
            }
        });

        receiveWhatTheTransactionSends();

        awaitEvents("claimed a#1", "started a#1", "abandoned a#1");
    }

    /** Receives message a in a transaction that sends a message with the same id to the queue. */
    private void receiveWhatTheTransactionSends() throws Exception {
        start(true, redis, message -> {});
        ManagedConnection managed = connect();
        RedisQueueConnection connection = (RedisQueueConnection) managed.getConnection(null, null);
        queue.push("a", "value");
        managed.getLocalTransaction().begin();
        connection.send(queue.name(), OutgoingMessage.of("value").id("a"));

        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.receive(queue.name(), Duration.ZERO))
                .withMessageStartingWith("RQ-124 ");

        managed.getLocalTransaction().rollback();
        managed.destroy();
    }

    @Test
    void failingObserverDoesNotAffectDeliveries() throws Exception {
        spec.setMaxDeliveries(1);
        adapter.observe(RecordingObserver.failing(new AssertionError("not observed")));
        deliver(true, message -> {
            if (message.id().equals("bad")) {
                throw new IllegalStateException("no stock");
            }
        });
        queue.push("bad", "value");
        List.of("a", "b", "c").forEach(id -> queue.push(id, "value"));

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(events.of(queue))
                        .contains("acknowledged a#1", "acknowledged b#1", "acknowledged c#1", "deadLettered bad#1"));
        assertThat(queue.dead()).isEqualTo(List.of("bad"));
    }
}
