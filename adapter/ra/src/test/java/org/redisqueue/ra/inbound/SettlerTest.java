// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.inbound.Settlement.Action;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.ra.testing.ManualTimer;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.RecordingObserver;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.transaction.ResourceManager;

/** How settlements are carried out, and what observers see of them. The test replies to the calls instead of Redis. */
class SettlerTest {

    private final ResourceManager manager = ResourceManager.acquire(TestProperties.at("redis://127.0.0.1:1"));
    private final ManualTimer timer = new ManualTimer();
    private final ManualTimer renewals = new ManualTimer();
    private final Leases leases = new Leases(manager.operations(), renewals, 15_000, lost -> {});
    private final FakeQueue queue = new FakeQueue();
    private final RecordingObserver events = new RecordingObserver();
    private final ClaimedMessage message = StoredMessage.leased("a", 1);
    private final ConsumerContext context = new ConsumerContext(
            "queue",
            new ConnectionSettings(TestProperties.at("redis://127.0.0.1:1")),
            queue,
            () -> true,
            leases,
            timer,
            Runnable::run,
            events.observer(),
            new UnexpectedFailures("queue"));
    private final Dispatcher dispatcher =
            new Dispatcher(context, new RedisActivationSpec().settings().forListener(false), workers -> {});
    private final Settler settler = new Settler(context, manager::localBranch, dispatcher);

    @AfterEach
    void end() {
        timer.shutdownNow();
        renewals.shutdownNow();
        manager.release();
    }

    private void settle(Action action) {
        settler.settle(message, settlement(action), System.nanoTime());
    }

    private static Settlement settlement(Action action) {
        return new Settlement(action, 300, 5, "no stock");
    }

    private void assertLeaseHasEnded() {
        renewals.fire();
        assertThat(renewals.delays()).as("further renewals").isEmpty();
    }

    private static void assertDuration(RecordingObserver.Event event) {
        assertThat(Duration.ofNanos(event.argument(1, Long.class)))
                .as("duration of the delivery")
                .isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
    }

    private static long aMinuteAgo() {
        return System.nanoTime() - Duration.ofMinutes(1).toNanos();
    }

    private List<String> eventNames() {
        return events.events().stream().map(RecordingObserver.Event::name).toList();
    }

    @Test
    void redeliverySchedulesAClaimAfterItsDelay() {
        settle(Action.REDELIVER);
        assertThat(queue.settled).containsExactly("redeliver a in 300 ms: no stock");
        assertThat(eventNames()).isEmpty();

        queue.settlement.complete(RedeliveryResult.WAITING);

        assertThat(timer.delays()).containsExactly(300L);
        assertThat(eventNames()).containsExactly("redelivered");
        assertThat(events.first("redelivered").arguments()).contains(message, 300L, "no stock");
    }

    @ParameterizedTest
    @CsvSource({
        "REDELIVER,   DEAD, deadLettered",
        "REDELIVER,   LOST, abandoned",
        "DEAD_LETTER, DEAD, deadLettered",
        "DEAD_LETTER, LOST, abandoned"
    })
    void observersSeeTheOutcomeInRedis(Action action, RedeliveryResult result, String event) {
        settle(action);
        queue.settlement.complete(result);
        assertThat(eventNames()).containsExactly(event);
        assertThat(timer.delays()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"REDELIVER, redeliver", "DEAD_LETTER, dead-letter"})
    void observersSeeUnconfirmedSettlements(Action action, String operation) {
        settle(action);
        queue.settlement.completeExceptionally(new IllegalStateException("connection closed"));
        assertThat(eventNames()).containsExactly("unconfirmed");
        assertThat(events.first("unconfirmed").argument(2, String.class)).isEqualTo(operation);
    }

    @Test
    void deadLetteringIsASeparateOperation() {
        settle(Action.DEAD_LETTER);
        assertThat(queue.settled).containsExactly("dead-letter a: no stock");
    }

    @ParameterizedTest
    @CsvSource({"ACKNOWLEDGED, acknowledged", "IN_DOUBT, inDoubt", "RELEASE, released"})
    void otherSettlementsNeitherRedeliverNorDeadLetter(Action action, String event) {
        settle(action);
        assertThat(queue.settled).isEmpty();
        assertThat(eventNames()).containsExactly(event);
    }

    @Test
    void drainWaitsForTheReply() {
        settle(Action.REDELIVER);
        long since = System.nanoTime();
        assertThat(dispatcher.drain(50)).isZero();
        assertThat(System.nanoTime() - since).isGreaterThanOrEqualTo(50_000_000);
    }

    @ParameterizedTest
    @CsvSource({
        "ACKNOWLEDGE,  unconfirmed",
        "ACKNOWLEDGED, acknowledged",
        "IN_DOUBT,     inDoubt",
        "REDELIVER,    redelivered",
        "DEAD_LETTER,  deadLettered"
    })
    void settlementEndsTheLeaseAndTellsTheDurationOfTheDelivery(Action action, String event) {
        leases.add(List.of(message));
        settler.settle(message, settlement(action), aMinuteAgo());
        queue.settlement.complete(action == Action.REDELIVER ? RedeliveryResult.WAITING : RedeliveryResult.DEAD);

        assertDuration(events.first(event));
        assertLeaseHasEnded();
    }

    @Test
    void leaseIsRenewedUntilRedisRepliesToTheRedelivery() {
        leases.add(List.of(message));
        settle(Action.REDELIVER);
        assertThat(renewals.delays()).hasSize(1);

        queue.settlement.completeExceptionally(new IllegalStateException("connection closed"));

        assertLeaseHasEnded();
    }

    @Test
    void abandonedDeliveryEndsTheLease() {
        leases.add(List.of(message));

        settler.abandon(message, aMinuteAgo());

        assertThat(eventNames()).containsExactly("abandoned");
        assertDuration(events.first("abandoned"));
        assertLeaseHasEnded();
    }

    @Test
    void observersSeeThatRedisDidNotConfirmAnAcknowledgment() {
        settle(Action.ACKNOWLEDGE);

        assertThat(eventNames()).containsExactly("unconfirmed");
        assertThat(events.first("unconfirmed").argument(2, String.class)).isEqualTo("acknowledge");
    }

    @Test
    void acknowledgmentRemovesTheMessage() {
        ResourceManager redis = ResourceManager.acquire(TestProperties.of(TestRedis.shared()));
        try {
            QueueProbe probe = QueueProbe.create(TestRedis.shared());
            probe.push("m1", "value");
            ClaimedMessage claimed = redis.operations()
                    .claim(new ClaimRequest(probe.name(), 1, 15_000, 20, 1_000))
                    .join()
                    .messages()
                    .get(0);
            leases.add(List.of(claimed));

            new Settler(context, redis::localBranch, dispatcher)
                    .settle(claimed, settlement(Action.ACKNOWLEDGE), aMinuteAgo());

            assertThat(probe.isGone()).isTrue();
            assertThat(events.of(probe)).containsExactly("acknowledged m1#1");
            assertDuration(events.first("acknowledged"));
            assertLeaseHasEnded();
        } finally {
            redis.release();
        }
    }
}
