// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.inbound.Settlement.Action;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.ra.testing.RecordingObserver;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.transaction.ResourceManager;

/** How settlements are carried out, and what observers see of them, without a Redis server. */
class SettlerTest {

    private final ResourceManager manager = ResourceManager.acquire(TestProperties.at("redis://127.0.0.1:1"));
    private final ManualTimer timer = new ManualTimer();
    private final FakeQueue queue = new FakeQueue();
    private final RecordingObserver events = new RecordingObserver();
    private final ClaimedMessage message = StoredMessage.leased("a", 1);
    private final ConsumerContext context = new ConsumerContext(
            "queue",
            new ConnectionSettings(TestProperties.at("redis://127.0.0.1:1")),
            queue,
            () -> true,
            manager.leases(15_000, lost -> {}),
            timer,
            Runnable::run,
            events.observer(),
            new UnexpectedFailures("queue"));
    private final Dispatcher dispatcher = new Dispatcher(context, new RedisActivationSpec().settings(), workers -> {});
    private final Settler settler = new Settler(context, manager::localBranch, dispatcher);

    @AfterEach
    void end() {
        timer.shutdownNow();
        manager.release();
    }

    private void settle(Action action) {
        settler.settle(message, new Settlement(action, 300, 5, "no stock"), System.nanoTime());
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
}
