// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.PauseScope;
import org.redisqueue.ra.protocol.CallFailures;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.ra.testing.ManualTimer;
import org.redisqueue.ra.testing.RecordingObserver;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.transaction.ResourceManager;

/** The steps of a dispatcher, and of its supply and connector, without a Redis. */
class DispatcherStepsTest {

    private final ResourceManager manager = ResourceManager.acquire(TestProperties.at("redis://127.0.0.1:1"));
    private final ManualTimer timer = new ManualTimer();
    private final FakeQueue queue = new FakeQueue();
    private final RecordingObserver events = new RecordingObserver();
    private final List<Integer> startedWorkers = new ArrayList<>();
    private final RedisActivationSpec spec = new RedisActivationSpec();
    private boolean mayDeliver = true;
    private Dispatcher dispatcher;

    @BeforeEach
    void create() {
        spec.setMaxConcurrency(2);
        spec.setPrefetch(4);
        dispatcher = dispatcher(events.observer());
    }

    private Dispatcher dispatcher(DeliveryObserver observer) {
        return dispatcher(observer, false);
    }

    private Dispatcher dispatcher(DeliveryObserver observer, boolean batches) {
        return dispatcher(observer, batches, Duration.ZERO);
    }

    private Dispatcher dispatcher(DeliveryObserver observer, boolean batches, Duration standby) {
        return new Dispatcher(context(observer), spec.settings().forListener(batches), startedWorkers::add, standby);
    }

    private ConsumerContext context(DeliveryObserver observer) {
        return new ConsumerContext(
                "queue",
                new ConnectionSettings(TestProperties.at("redis://127.0.0.1:1")),
                queue,
                () -> mayDeliver,
                manager.leases(spec.getLease(), lost -> {}),
                timer,
                Runnable::run,
                observer,
                new UnexpectedFailures("queue"));
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
        manager.release();
    }

    private static ClaimedMessage[] messages(String... ids) {
        return List.of(ids).stream().map(id -> StoredMessage.leased(id, 1)).toArray(ClaimedMessage[]::new);
    }

    private String next(boolean hadMessage) {
        ClaimedMessage message = dispatcher.next(hadMessage);
        return message == null ? null : message.lease().id();
    }

    private List<String> eventNames() {
        return events.events().stream().map(RecordingObserver.Event::name).toList();
    }

    // Claims and workers

    @Test
    void claimsForEachListenerAndThePrefetch() {
        dispatcher.start();
        assertThat(queue.claims).singleElement().satisfies(claim -> {
            assertThat(claim.queue()).isEqualTo("queue");
            assertThat(claim.limit()).isEqualTo(6);
        });
    }

    @Test
    void startsNoMoreWorkersThanListeners() {
        dispatcher.start();
        queue.answer(messages("a", "b", "c"));
        assertThat(startedWorkers).containsExactly(2);
        assertThat(IntStream.range(0, 4).mapToObj(i -> next(i > 0)).toList()).containsExactly("a", "b", "c", null);
    }

    @Test
    void workerThatStandsByDeliversTheNextMessage() {
        dispatcher = dispatcher(events.observer(), false, Duration.ofMinutes(5));
        dispatcher.start();
        queue.answer(messages("a"));
        assertThat(next(false)).isEqualTo("a");
        CompletableFuture<String> second = new CompletableFuture<>();
        assertThat(next(true)).isNull();
        Thread worker = new Thread(() -> second.complete(dispatcher.standBy(System.nanoTime()) ? next(false) : null));
        worker.start();
        await().until(() -> worker.getState() == Thread.State.TIMED_WAITING);
        queue.endWait();
        queue.answer(messages("b"));
        assertThat(second).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("b");
        assertThat(startedWorkers).containsExactly(1);
        dispatcher.stop();
        assertThat(dispatcher.standBy(System.nanoTime())).isFalse();
    }

    @Test
    void claimsAgainWhenHalfOfThePrefetchIsTaken() {
        dispatcher.start();
        queue.answer(messages("a", "b", "c", "d", "e", "f"));
        next(false);
        next(false);
        next(true);
        assertThat(queue.claims).hasSize(1);
        next(true);
        assertThat(queue.claims).hasSize(2);
    }

    @Test
    void waitsForMessagesWhenTheQueueIsKnownEmpty() {
        dispatcher.start();
        queue.answer();
        assertThat(queue.waits).isEqualTo(1);
        assertThat(queue.isClaiming()).isFalse();

        queue.endWait();

        assertThat(queue.claims).hasSize(2);
    }

    @Test
    void claimsAgainWhenTheNextMessageIsDue() {
        dispatcher.start();
        queue.answer(false, OptionalLong.of(300));
        assertThat(timer.delays()).containsExactly(300L);

        timer.fire();

        assertThat(queue.claims).hasSize(2);
    }

    @Test
    void releasesAMessageWhoseLeaseMayHaveEndedInsteadOfDeliveringIt() {
        dispatcher.start();
        queue.answer(StoredMessage.leased("old", 1, System.nanoTime()), StoredMessage.leased("a", 1));
        assertThat(next(false)).isEqualTo("a");
        assertThat(queue.released).containsExactly("old");
    }

    @Test
    void claimsNothingWhileBranchesAreInDoubt() {
        mayDeliver = false;
        dispatcher.start();
        assertThat(queue.claims).isEmpty();
        assertThat(timer.delays()).containsExactly(1_000L);

        mayDeliver = true;
        timer.fire();

        assertThat(queue.claims).hasSize(1);
    }

    // Wake-ups that this consumer cannot use

    @Test
    void busyConsumerPassesTheWakeUpOn() {
        dispatcher.start();
        queue.answer();
        dispatcher.checkWithin(0);
        timer.fire(); // claims during the wait
        queue.answer(messages("a", "b", "c", "d", "e", "f"));

        queue.endWait();

        assertThat(queue.claims).hasSize(2);
        assertThat(queue.passedOn).isEqualTo(1);
    }

    @Test
    void wakeUpDuringAClaimLeadsToAFurtherClaim() {
        dispatcher.start();
        queue.answer();
        dispatcher.checkWithin(0);
        timer.fire();
        assertThat(queue.claims).hasSize(2);

        queue.endWait();
        queue.answer();

        assertThat(queue.claims).hasSize(3);
        assertThat(queue.passedOn).isZero();
    }

    @Test
    void pausedConsumerPassesTheWakeUpOn() {
        dispatcher.start();
        queue.answer();
        dispatcher.pause();
        assertThat(queue.passedOn).isZero();

        queue.endWait();

        assertThat(queue.claims).hasSize(1);
        assertThat(queue.passedOn).isEqualTo(1);
        assertThat(queue.waits).isEqualTo(1);
    }

    @Test
    void stoppedConsumerPassesTheWakeUpOn() {
        dispatcher.start();
        queue.answer();
        dispatcher.stop();

        queue.endWait();

        assertThat(queue.passedOn).isEqualTo(1);
    }

    @Test
    void restingConsumerPassesTheWakeUpOn() {
        dispatcher.start();
        queue.answer();
        dispatcher.checkWithin(0);
        timer.fire();
        queue.answer(messages("a"));
        dispatcher.workerRefused();

        queue.endWait();

        assertThat(queue.claims).hasSize(2);
        assertThat(queue.passedOn).isEqualTo(1);
    }

    @Test
    void busyConsumerLetsAnotherOneClaimWhatIsDue() {
        dispatcher.start();
        queue.answer(messages("a", "b", "c", "d", "e", "f"));
        dispatcher.checkWithin(50);

        timer.fire();

        assertThat(queue.claims).hasSize(1);
        assertThat(queue.passedOn).isEqualTo(1);
    }

    @Test
    void busyConsumerLetsAnotherOneClaimWhatIsDueAfterThat() {
        dispatcher.start();
        queue.answer(messages("a", "b", "c", "d", "e", "f"));
        dispatcher.checkWithin(50);
        queue.work = false;
        queue.nextDue = OptionalLong.of(950);

        timer.fire();
        assertThat(timer.delays())
                .singleElement()
                .satisfies(delay -> assertThat(delay).isBetween(950L, 970L));
        queue.nextDue = OptionalLong.empty();
        timer.fire();

        assertThat(queue.passedOn).isEqualTo(2);
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void busyConsumerDoesNotRepeatAWakeUpBeforeAnotherOneHasClaimed() {
        dispatcher.start();
        queue.answer(messages("a", "b", "c", "d", "e", "f"));
        dispatcher.checkWithin(50);
        queue.nextDue = OptionalLong.of(1);

        timer.fire();

        assertThat(timer.delays()).containsExactly(1_000L);
    }

    @Test
    void consumerThatStopsDuringAnOutageHandsNothingOver() {
        dispatcher.start();
        queue.answer(false, OptionalLong.of(5_000));
        queue.endWait();
        queue.failClaim(CallFailures.lost());
        int before = queue.passedOn;

        dispatcher.stop();

        assertThat(queue.passedOn).isEqualTo(before);
    }

    @Test
    void consumerThatStopsBeforeItKnowsWhenTheNextMessageIsDueHandsOver() {
        dispatcher.start();
        queue.answer();
        queue.nextDue = OptionalLong.of(950);
        dispatcher.stop();

        queue.endWait();

        assertThat(queue.handedOver).isEqualTo(1);
        assertThat(queue.passedOn).isEqualTo(2);
    }

    @Test
    void consumerWhoseClaimIsLostPassesTheWakeUpOn() {
        dispatcher.start();
        queue.answer();
        queue.endWait();
        queue.failClaim(CallFailures.lost());

        assertThat(queue.passedOn).isEqualTo(1);
    }

    @Test
    void stoppedConsumerHandsItsTimerOver() {
        dispatcher.start();
        queue.answer(false, OptionalLong.of(5_000));
        dispatcher.stop();
        assertThat(queue.handedOver).isEqualTo(1);

        dispatcher.checkWithin(1_000); // a listener that was still running has failed

        assertThat(queue.handedOver).isEqualTo(2);
        assertThat(queue.passedOn).isEqualTo(2);
    }

    @Test
    void stoppedConsumerHandsOverWhatALateClaimHasFound() {
        dispatcher.start();
        dispatcher.stop();
        assertThat(queue.passedOn).isZero();

        queue.answer(false, OptionalLong.of(5_000));

        assertThat(queue.handedOver).isEqualTo(1);
    }

    @Test
    void consumerThatStopsWhileTheQueueIsPausedPassesTheWakeUpOn() {
        dispatcher.start();
        queue.answer();
        queue.endWait();
        queue.answer(true, OptionalLong.empty());
        dispatcher.stop();

        assertThat(queue.passedOn).isEqualTo(1);
    }

    @Test
    void consumerWhoseClaimIsRefusedPassesTheWakeUpOn() {
        dispatcher.start();
        queue.answer();
        queue.endWait();
        queue.failClaim(CallFailures.refused());

        assertThat(queue.passedOn).isEqualTo(1);
    }

    @Test
    void waitThatTimedOutIsNotPassedOn() {
        dispatcher.start();
        queue.answer();
        dispatcher.pause();

        queue.timeOutWait();

        assertThat(queue.passedOn).isZero();
    }

    // Pause, stop, drain

    @Test
    void pauseReleasesUndeliveredMessages() {
        dispatcher.start();
        queue.answer(messages("a", "b", "c"));
        next(false);

        dispatcher.pause();

        assertThat(queue.released).containsExactly("b", "c");
        assertThat(next(true)).isNull();
        assertThat(queue.claims).hasSize(1);
        dispatcher.resume();
        assertThat(queue.claims).hasSize(2);
        assertThat(eventNames()).containsSubsequence("claimed", "released", "paused", "resumed");
        assertThat(events.first("paused").argument(1, PauseScope.class)).isEqualTo(PauseScope.LISTENER);
    }

    @Test
    void stopReleasesTheMessagesOfAPendingClaim() {
        dispatcher.start();
        dispatcher.stop();
        assertThat(dispatcher.drain(0)).isZero();
        queue.answer(messages("a"));
        assertThat(queue.released).containsExactly("a");
        dispatcher.resume();
        assertThat(queue.claims).hasSize(1);
    }

    @Test
    void drainCountsTheListenersThatAreStillRunning() {
        dispatcher.start();
        queue.answer(messages("a", "b"));
        next(false);
        dispatcher.stop();
        assertThat(dispatcher.drain(0)).isEqualTo(1);
        assertThat(next(true)).isNull();
        assertThat(dispatcher.drain(0)).isZero();
    }

    @Test
    void pausedQueueIsCheckedEverySecond() {
        dispatcher.start();
        queue.answer(true, OptionalLong.empty());
        assertThat(queue.waits).isZero();
        assertThat(timer.delays()).containsExactly(1_000L);

        timer.fire();
        queue.answer(messages("a"));

        assertThat(eventNames()).containsExactly("paused", "claimed", "resumed");
    }

    // Refusals

    @Test
    void restsAndReleasesEverythingWhenTheContainerRefusesAWorker() {
        dispatcher.start();
        queue.answer(messages("a", "b"));
        dispatcher.workerRefused();
        dispatcher.workerRefused();
        assertThat(queue.released).containsExactly("a", "b");
        assertThat(timer.delays())
                .singleElement()
                .satisfies(rest -> assertThat(rest).isBetween(500L, 1_001L));
        dispatcher.resume();
        assertThat(queue.isClaiming()).isFalse();
    }

    @Test
    void refusedMessageIsReleasedBeforeThoseThatWereClaimedAfterIt() {
        dispatcher.start();
        queue.answer(messages("a", "b"));
        ClaimedMessage refused = dispatcher.next(false);
        dispatcher.putBack(List.of(refused), 1);
        assertThat(queue.released).containsExactly("a", "b");
        assertThat(dispatcher.drain(0)).isZero();
    }

    // Batches

    private void startBatches() {
        dispatcher = dispatcher(events.observer(), true);
        dispatcher.start();
    }

    private List<String> nextBatch(int delivered) {
        return dispatcher.nextBatch(delivered).stream()
                .map(message -> message.lease().id())
                .toList();
    }

    @Test
    void incompleteBatchIsDeliveredWhileClaimsAreRefused() {
        spec.setMaxConcurrency(1);
        spec.setBatch(4);
        spec.setBatchWait(1);
        startBatches();
        queue.answer(messages("a", "b"));
        queue.endWait();
        queue.failClaim(CallFailures.refused());
        await().until(() -> {
            timer.fire();
            return !startedWorkers.isEmpty();
        });
        assertThat(nextBatch(0)).containsExactly("a", "b");
    }

    @Test
    void refusedBatchIsReleasedInItsOrder() {
        spec.setBatch(3);
        startBatches();
        queue.answer(messages("a", "b", "c", "d"));
        List<ClaimedMessage> batch = dispatcher.nextBatch(0);
        dispatcher.putBack(batch, 3);
        assertThat(queue.released).containsExactly("a", "b", "c", "d");
        assertThat(dispatcher.drain(0)).isZero();
    }

    @Test
    void failedWorkerEndsTheDeliveryOfItsBatch() {
        spec.setBatch(3);
        startBatches();
        queue.answer(messages("a", "b", "c"));
        int size = dispatcher.nextBatch(0).size();
        dispatcher.workerFailed(size, new OutOfMemoryError("test"));
        assertThat(dispatcher.drain(0)).isZero();
    }

    // An open circuit breaker

    /** Lets the deliveries of two messages fail until the breaker opens. */
    private Settler open() {
        Settler settler = new Settler(context(events.observer()), manager::localBranch, dispatcher);
        dispatcher.start();
        queue.answer(messages("a", "b", "c", "d", "e", "f"));
        ClaimedMessage first = dispatcher.next(false);
        ClaimedMessage second = dispatcher.next(false);
        settler.settle(first, failure(), System.nanoTime());
        settler.settle(second, failure(), System.nanoTime());
        assertThat(dispatcher.guard().isOpen()).isTrue();
        assertThat(dispatcher.next(true)).isNull();
        assertThat(dispatcher.next(true)).isNull();
        return settler;
    }

    private static Settlement failure() {
        return new Settlement(Settlement.Action.REDELIVER, 0, 5, "no database");
    }

    /** Passes the time until the next probe, and lets it begin. */
    private ClaimedMessage probe(String id) {
        await().until(() -> {
            timer.fire();
            return queue.isClaiming();
        });
        queue.answer(messages(id));
        return Objects.requireNonNull(dispatcher.next(false));
    }

    @Test
    void hungProbeDoesNotPreventTheNextOneWhileAListenerIsFree() {
        spec.setFailureThreshold(2);
        dispatcher = dispatcher(events.observer());
        Settler settler = open();
        probe("hung");

        ClaimedMessage next = probe("next");
        settler.settle(next, new Settlement(Settlement.Action.ACKNOWLEDGED, 0, 0, null), System.nanoTime());

        assertThat(dispatcher.guard().isOpen()).isFalse();
    }

    @Test
    void nothingIsClaimedForAProbeWhileAllListenersAreBusy() {
        spec.setFailureThreshold(2);
        dispatcher = dispatcher(events.observer());
        open();
        probe("hung");
        probe("hung, too");
        int claims = queue.claims.size();

        await().during(Duration.ofMillis(4_500)).atMost(Duration.ofSeconds(20)).until(() -> {
            timer.fire();
            return queue.claims.size() == claims;
        });
    }

    @Test
    void probeOfABatchListenerIsDeliveredAtOnce() {
        spec.setFailureThreshold(2);
        spec.setBatchWait(60_000);
        spec.setBatch(2);
        dispatcher = dispatcher(events.observer(), true);
        Settler settler = new Settler(context(events.observer()), manager::localBranch, dispatcher);
        dispatcher.start();
        queue.answer(messages("a", "b"));
        List<ClaimedMessage> batch = dispatcher.nextBatch(0);
        batch.forEach(message -> settler.settle(message, failure(), System.nanoTime()));
        assertThat(dispatcher.guard().isOpen()).isTrue();
        assertThat(dispatcher.nextBatch(2)).isEmpty();
        await().until(() -> {
            timer.fire();
            return queue.isClaiming();
        });
        startedWorkers.clear();
        queue.answer(messages("probe"));

        assertThat(startedWorkers).containsExactly(1);
        assertThat(nextBatch(0)).containsExactly("probe");
    }

    @Test
    void pausedListenerPutsFailuresOnHoldBack() {
        spec.setMaxDeliveries(1);
        dispatcher = dispatcher(events.observer());
        Settler settler = new Settler(context(events.observer()), manager::localBranch, dispatcher);
        dispatcher.start();
        queue.answer(messages("a", "b"));
        settler.settle(
                dispatcher.next(false),
                new Settlement(Settlement.Action.REDELIVER, 0, 1, "no database"),
                System.nanoTime());
        assertThat(queue.settled).isEmpty();

        dispatcher.pause();

        assertThat(queue.takenBack).singleElement().asString().startsWith("a ");
        assertThat(queue.settled).isEmpty();
    }

    @Test
    void pausedQueuePutsFailuresOnHoldBack() {
        spec.setMaxDeliveries(1);
        dispatcher = dispatcher(events.observer());
        Settler settler = new Settler(context(events.observer()), manager::localBranch, dispatcher);
        dispatcher.start();
        queue.answer(messages("a", "b"));
        settler.settle(
                dispatcher.next(false),
                new Settlement(Settlement.Action.REDELIVER, 0, 1, "no database"),
                System.nanoTime());
        queue.endWait();
        queue.answer(true, OptionalLong.empty());

        assertThat(queue.takenBack).singleElement().asString().startsWith("a ");
        assertThat(queue.settled).isEmpty();
    }

    // Redis

    @Test
    void reconnectsAfterAFailedClaimAndReportsTheOutageOnce() {
        dispatcher.start();
        queue.failClaim(new IllegalStateException("connection closed"));
        assertThat(timer.delays())
                .singleElement()
                .satisfies(delay -> assertThat(delay).isLessThanOrEqualTo(100));
        timer.fire();
        queue.failClaim(new IllegalStateException("connection closed"));
        timer.fire();
        assertThat(queue.connects).isEqualTo(3);
        assertThat(eventNames()).containsExactly("connectionLost");

        queue.answer();

        assertThat(eventNames()).containsExactly("connectionLost", "connectionRestored");
    }

    @Test
    void claimsNothingWhileDisconnected() {
        queue.connected = CompletableFuture.failedFuture(new IllegalStateException("connection refused"));
        dispatcher.start();
        dispatcher.resume();
        assertThat(queue.claims).isEmpty();

        queue.connected = CompletableFuture.completedFuture(null);
        timer.fire();

        assertThat(queue.claims).hasSize(1);
    }

    @Test
    void reconnectsAfterAFailedWait() {
        dispatcher.start();
        queue.answer();
        queue.failWait(new IllegalStateException("connection closed"));
        timer.fire();
        assertThat(queue.connects).isEqualTo(2);
        assertThat(queue.claims).hasSize(2);
    }

    @Test
    void pollsIfAllConnectionsForWaitingAreInUse() {
        queue.canAwait = false;
        dispatcher.start();
        queue.answer();
        assertThat(queue.waits).isZero();
        assertThat(timer.delays()).containsExactly(1_000L);

        queue.canAwait = true;
        timer.fire();
        queue.answer();

        assertThat(queue.waits).isEqualTo(1);
    }

    @Test
    void looksIfAllConnectionsForWaitingAreInUse() {
        queue.canAwait = false;
        queue.canLook = true;
        dispatcher.start();
        queue.answer();
        assertThat(queue.waits).isEqualTo(1);

        dispatcher.stop();

        assertThat(queue.waitIsCancelled()).isTrue();
        assertThat(queue.connects).isEqualTo(1);
    }

    @Test
    void doesNotReconnectAfterStop() {
        dispatcher.start();
        queue.failClaim(new IllegalStateException("connection closed"));
        dispatcher.stop();
        timer.fire();
        assertThat(queue.connects).isEqualTo(1);
    }

    // Exhausted memory

    private final DeliveryObserver withoutMemory = new DeliveryObserver() {
        @Override
        public void abandoned(ClaimedMessage message, long processingNanos) {
            throw new OutOfMemoryError("test");
        }
    };

    @Test
    void failureToReleaseTheMessagesOfAClaimDoesNotStopTheQueue() {
        dispatcher = dispatcher(withoutMemory);
        dispatcher.start();
        dispatcher.pause();
        queue.releaseFailure = new OutOfMemoryError("test");
        queue.answer(messages("a"));

        dispatcher.resume();

        assertThat(queue.isClaiming()).isTrue();
    }

    @Test
    void failureToReleaseUnusableMessagesCostsNoWorker() {
        dispatcher = dispatcher(withoutMemory);
        dispatcher.start();
        queue.answer(StoredMessage.leased("ended", 1, System.nanoTime()), messages("b")[0]);
        queue.releaseFailure = new OutOfMemoryError("test");

        assertThat(next(false)).isEqualTo("b");
        assertThat(next(true)).isNull();
        assertThat(dispatcher.drain(0)).isZero();
    }

    @Test
    void failureThatOccursTwiceDuringAReleaseDoesNotStopTheQueue() {
        OutOfMemoryError failure = new OutOfMemoryError("test");
        dispatcher = dispatcher(new DeliveryObserver() {
            @Override
            public void abandoned(ClaimedMessage message, long processingNanos) {
                throw failure;
            }
        });
        dispatcher.start();
        queue.answer(messages("a", "b"));
        queue.releaseFailure = failure;

        assertThatCode(dispatcher::pause).doesNotThrowAnyException();
    }

    @Test
    void failureToRestCountsAWorkerOnce() {
        dispatcher.start();
        queue.answer(messages("a", "b"));
        ClaimedMessage refused = dispatcher.next(false);
        timer.fail(new OutOfMemoryError("test"));

        assertThatCode(() -> dispatcher.putBack(List.of(refused), 1)).doesNotThrowAnyException();

        assertThat(queue.released).containsExactly("a", "b");
        assertThat(dispatcher.drain(0)).isZero();
    }
}
