// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.protocol.ClaimLimits;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.ra.testing.ManualTimer;
import org.redisqueue.ra.testing.RecordingObserver;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.transaction.ResourceManager;

/** The steps of a dispatcher whose queue has limits, without a Redis. */
class LimitedDispatcherTest {

    private static final long LONG_REST = 600_000;
    private static final long SHORT_REST = 30;

    private final ResourceManager manager = ResourceManager.acquire(TestProperties.at("redis://127.0.0.1:1"));
    private final ManualTimer timer = new ManualTimer();
    private final FakeQueue queue = new FakeQueue();
    private final List<Integer> startedWorkers = new ArrayList<>();
    private Dispatcher dispatcher;

    @BeforeEach
    void create() {
        RedisActivationSpec spec = new RedisActivationSpec();
        spec.setMaxConcurrency(2);
        spec.setPrefetch(4);
        ConsumerContext context = new ConsumerContext(
                "queue",
                new ConnectionSettings(TestProperties.at("redis://127.0.0.1:1")),
                queue,
                () -> true,
                manager.leases(spec.getLease(), lost -> {}),
                timer,
                Runnable::run,
                new RecordingObserver().observer(),
                new UnexpectedFailures("queue"));
        dispatcher = new Dispatcher(context, spec.settings().forListener(false), startedWorkers::add);
        dispatcher.start();
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
        manager.release();
    }

    private static ClaimedMessage[] messages(String... ids) {
        return List.of(ids).stream().map(id -> StoredMessage.leased(id, 1)).toArray(ClaimedMessage[]::new);
    }

    private void answer(long restMillis, boolean full, String... ids) {
        queue.limits = new ClaimLimits(true, restMillis, full, Map.of());
        queue.answer(messages(ids));
        queue.limits = ClaimLimits.NONE;
    }

    private void awaitClaim(int number) {
        await().until(() -> {
            timer.fire();
            return queue.claims.size() == number;
        });
    }

    @Test
    void neitherClaimsNorWaitsWhileTheRatePermitsNothing() {
        answer(LONG_REST, false);

        assertThat(queue.waits).isZero();
        assertThat(timer.delays())
                .singleElement()
                .satisfies(delay -> assertThat(delay).isBetween(LONG_REST - 10_000, LONG_REST + 1));
        timer.fire(); // for another reason
        assertThat(queue.claims).hasSize(1);
        assertThat(queue.waits).isZero();
        assertThat(timer.delays()).hasSize(1);
    }

    @Test
    void claimsAgainWhenTheRatePermitsIt() {
        answer(SHORT_REST, false);
        awaitClaim(2);
        queue.answer();
        assertThat(queue.waits).isEqualTo(1);
    }

    @Test
    void returnsWhatItHasClaimedAheadBeforeItKnewOfTheLimits() {
        answer(LONG_REST, false, "a", "b", "c", "d", "e");

        assertThat(queue.released).containsExactly("c", "d", "e");
        assertThat(startedWorkers).containsExactly(2);
    }

    @Test
    void claimsNothingAheadAfterThePauseOfTheQueue() {
        answer(SHORT_REST, false);
        awaitClaim(2);
        queue.answer(true, OptionalLong.empty());
        timer.fire();

        assertThat(queue.claims.get(2).limit()).isEqualTo(2);
    }

    @Test
    void claimsNothingAheadOfTheListeners() {
        assertThat(queue.claims.get(0).limit()).isEqualTo(6);
        answer(SHORT_REST, false);
        awaitClaim(2);
        assertThat(queue.claims.get(1).limit()).isEqualTo(2);
        queue.answer(messages("a", "b"));
        assertThat(startedWorkers).containsExactly(2);
    }

    @Test
    void prefetchesAgainWhenTheLimitsHaveEnded() {
        answer(SHORT_REST, false);
        awaitClaim(2);
        queue.answer();
        queue.endWait();
        assertThat(queue.claims.get(2).limit()).isEqualTo(6);
    }

    @Test
    void endOfADeliveryPermitsAClaimIfTheQueueIsFull() {
        answer(0, true, "a");
        dispatcher.next(false);
        assertThat(queue.claims).hasSize(1);
        assertThat(queue.waits).isZero();

        dispatcher.next(true);

        assertThat(queue.claims).hasSize(2);
    }

    @Test
    void endOfACallThatReturnsAMessagePermitsAClaimIfTheQueueIsFull() {
        answer(0, true, "a");
        ClaimedMessage first = dispatcher.next(false);
        CompletableFuture<Void> redelivery = new CompletableFuture<>();
        dispatcher.follow(redelivery);
        dispatcher.next(true);
        answer(0, true); // Redis has executed this claim first
        assertThat(queue.claims).hasSize(2);
        assertThat(first).isNotNull();

        redelivery.complete(null);

        assertThat(queue.claims).hasSize(3);
    }

    @Test
    void endOfADeliveryPermitsNoClaimIfTheRateIsReached() {
        answer(LONG_REST, false, "a");
        dispatcher.next(false);
        dispatcher.next(true);
        assertThat(queue.claims).hasSize(1);
    }

    @Test
    void wakeUpDuringTheRestIsNotPassedOn() {
        queue.answer();
        timer.fire();
        queue.endWait(); // a message has arrived
        answer(LONG_REST, false);
        dispatcher.checkWithin(0);
        timer.fire(); // a message is due
        assertThat(queue.claims).hasSize(2);
        assertThat(queue.passedOn).isZero();
    }

    @Test
    void consumerThatIsPausedDuringTheRestPassesItsWakeUpOn() {
        answer(LONG_REST, false);
        dispatcher.checkWithin(0);
        timer.fire();
        assertThat(queue.passedOn).isZero();

        dispatcher.pause();

        assertThat(queue.passedOn).isEqualTo(1);
    }

    @Test
    void consumerThatIsStoppedDuringTheRestHandsOver() {
        answer(LONG_REST, false);
        dispatcher.stop();
        assertThat(queue.handedOver).isEqualTo(1);
    }

    @Test
    void listenersThatAreBusyWhenTheRestEndsPassTheWakeUpOn() {
        answer(SHORT_REST, false, "a", "b");
        dispatcher.next(false);
        dispatcher.next(false);
        await().until(() -> {
            timer.fire();
            return queue.passedOn == 1;
        });
        assertThat(queue.claims).hasSize(1);
    }
}
