// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.ra.testing.ManualTimer;
import org.redisqueue.ra.testing.RecordingObserver;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.transaction.ResourceManager;

/** What happens to messages whose deliveries fail, with a clock that the test sets and without a Redis. */
class OutageGuardTest {

    private final ResourceManager manager = ResourceManager.acquire(TestProperties.at("redis://127.0.0.1:1"));
    private final ManualTimer timer = new ManualTimer();
    private final ManualTimer renewals = new ManualTimer();
    private final Leases leases = new Leases(manager.operations(), renewals, 15_000, lost -> {});
    private final FakeQueue queue = new FakeQueue();
    private final RecordingObserver events = new RecordingObserver();
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
    private final Object lock = new Object();
    private final InFlight inFlight = new InFlight(lock, () -> {});
    private final Intake intake = new Intake();
    private final List<String> counted = new ArrayList<>();
    private long now = 1_000_000_000_000L;
    private final OutageGuard guard = new OutageGuard(
            context,
            4,
            lock,
            inFlight,
            new Releases(context, inFlight),
            new WakeUpTimer(timer, () -> {}, () -> {}),
            intake,
            () -> now);

    /** The messages that the test lets the dispatcher have. */
    private static final class Intake implements OutageGuard.Intake {

        private boolean open = true;
        private boolean mayHaveMessages;
        private boolean full;
        private List<ClaimedMessage> claimed = List.of();
        private int resumed;
        private RuntimeException failure;

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public boolean mayHaveMessages() {
            return mayHaveMessages;
        }

        @Override
        public boolean isFull() {
            return full;
        }

        @Override
        public boolean hasMessages() {
            return !claimed.isEmpty();
        }

        @Override
        public List<ClaimedMessage> clear() {
            List<ClaimedMessage> cleared = claimed;
            claimed = List.of();
            return cleared;
        }

        @Override
        public void resume() {
            resumed++;
            if (failure != null) {
                throw failure;
            }
        }
    }

    @AfterEach
    void end() {
        timer.shutdownNow();
        renewals.shutdownNow();
        manager.release();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private void fail(String id, boolean last) {
        fail(StoredMessage.leased(id, 1), last, () -> counted.add(id));
    }

    private void fail(ClaimedMessage message, boolean last, Runnable count) {
        leases.add(List.of(message));
        guard.failed(new Failure(message, last, 1_000, "no database", 0, failed -> count.run()));
    }

    private void open() {
        List.of("a", "b", "c", "d").forEach(id -> fail(id, false));
        assertThat(guard.isOpen()).isTrue();
        counted.clear();
        queue.takenBack.clear();
    }

    private List<String> takenBack() {
        return queue.takenBack.stream().map(entry -> entry.split(" ")[0]).toList();
    }

    private List<String> eventNames() {
        return events.events().stream().map(RecordingObserver.Event::name).toList();
    }

    // Which failures are put on hold

    @Test
    void lastFailureOfASingleMessageCountsAtOnce() {
        inFlight.deliveryStarted(1);
        fail("a", true);
        assertThat(counted).containsExactly("a");
    }

    @Test
    void lastFailureIsHeldWhileTheBatchOfTheMessageHasOthers() {
        inFlight.deliveryStarted(2);
        fail("a", true);
        assertThat(counted).isEmpty();
    }

    @Test
    void lastFailureIsHeldWhileTheQueueMayHaveOthers() {
        inFlight.deliveryStarted(1);
        intake.mayHaveMessages = true;
        fail("a", true);
        assertThat(counted).isEmpty();
    }

    @Test
    void lastFailureIsPutBackWhileTheListenerIsPaused() {
        intake.mayHaveMessages = true;
        intake.open = false;
        fail("a", true);
        assertThat(takenBack()).containsExactly("a");
        assertThat(counted).isEmpty();
    }

    // How failures on hold end

    @Test
    void breakerOpensWhenDeliveriesStopWhileFailuresOfSeveralMessagesAreHeld() {
        intake.mayHaveMessages = true;
        fail("a", true);
        fail("b", true);
        pass(Duration.ofSeconds(5));

        guard.wokenUp();

        assertThat(guard.isOpen()).isTrue();
        assertThat(takenBack()).containsExactly("a", "b");
        assertThat(counted).isEmpty();
        assertThat(events.first("breakerOpened").arguments()).contains("no database");
        guard.wokenUp();
        assertThat(takenBack()).hasSize(2);
    }

    @Test
    void heldFailureOfASingleMessageCountsWhenDeliveriesStop() {
        intake.mayHaveMessages = true;
        fail("a", true);
        pass(Duration.ofMillis(4_999));
        guard.wokenUp();
        assertThat(counted).isEmpty();
        pass(Duration.ofMillis(1));
        guard.wokenUp();
        assertThat(counted).containsExactly("a");
        assertThat(guard.isOpen()).isFalse();
    }

    /** Otherwise, none of the others could be delivered for seconds. */
    @Test
    void heldFailureCountsSoonerIfItKeepsTheQueueFull() {
        intake.mayHaveMessages = true;
        fail("a", true);
        guard.wokenUp();
        assertThat(counted).isEmpty();
        intake.full = true;

        guard.wokenUp();

        assertThat(counted).containsExactly("a");
        assertThat(guard.isOpen()).isFalse();
    }

    @Test
    void breakerOpensSoonerIfHeldFailuresOfSeveralMessagesKeepTheQueueFull() {
        intake.mayHaveMessages = true;
        fail("a", true);
        fail("b", true);
        intake.full = true;

        guard.wokenUp();

        assertThat(guard.isOpen()).isTrue();
        assertThat(takenBack()).containsExactly("a", "b");
        assertThat(counted).isEmpty();
    }

    @Test
    void heldFailuresArePutBackWhenTheListenerIsPausedOrStopped() {
        intake.mayHaveMessages = true;
        fail("a", true);
        fail("b", true);

        guard.putBackHeld();
        pass(Duration.ofMinutes(2));
        guard.wokenUp();

        assertThat(takenBack()).containsExactly("a", "b");
        assertThat(counted).isEmpty();
    }

    @Test
    void heldFailuresCountOnlyAfterASuccessThatBeganLater() {
        intake.mayHaveMessages = true;
        long before = now;
        pass(Duration.ofSeconds(1));
        fail("a", true);
        guard.succeeded(before);
        assertThat(counted).isEmpty();

        guard.succeeded(now + 1);

        assertThat(counted).containsExactly("a");
    }

    @Test
    void lateSuccessDoesNotTurnHeldFailuresIntoDeadLettersWhenDeliveriesStop() {
        intake.mayHaveMessages = true;
        long before = now;
        pass(Duration.ofSeconds(1));
        fail("a", true);
        fail("b", true);
        guard.succeeded(before);
        pass(Duration.ofSeconds(5));
        guard.wokenUp();
        assertThat(guard.isOpen()).isTrue();
        assertThat(counted).isEmpty();
    }

    @Test
    void resetOfAClosedBreakerHasNoEffect() {
        intake.mayHaveMessages = true;
        fail("a", true);

        guard.reset();

        assertThat(counted).isEmpty();
        assertThat(takenBack()).isEmpty();
        assertThat(intake.resumed).isZero();
        assertThat(eventNames()).isEmpty();
    }

    @Test
    void failureToCountOneHeldFailureDoesNotAffectTheOthers() {
        intake.mayHaveMessages = true;
        fail(StoredMessage.leased("a", 1), true, () -> {
            throw new OutOfMemoryError("test");
        });
        fail(StoredMessage.leased("b", 1), true, () -> counted.add("b"));

        guard.succeeded(now + 1);

        assertThat(counted).containsExactly("b");
        assertThat(events.first("abandoned")
                        .argument(0, ClaimedMessage.class)
                        .lease()
                        .id())
                .isEqualTo("a");
    }

    @Test
    void failureToTakeBackDoesNotKeepLeases() {
        intake.mayHaveMessages = true;
        ClaimedMessage message = StoredMessage.leased("a", 1);
        fail(message, true, () -> {});
        queue.takeBack = CompletableFuture.failedFuture(new OutOfMemoryError("test"));

        guard.putBackHeld();

        renewals.fire();
        assertThat(renewals.delays()).as("further renewals").isEmpty();
    }

    // Closing

    @Test
    void successOfADeliveryThatBeganBeforeTheOpeningDoesNotCloseTheBreaker() {
        long before = now;
        pass(Duration.ofSeconds(1));
        open();
        guard.succeeded(before);
        assertThat(guard.isOpen()).isTrue();

        guard.succeeded(now + 1);

        assertThat(guard.isOpen()).isFalse();
        assertThat(intake.resumed).isEqualTo(1);
        assertThat(eventNames()).containsSubsequence("breakerOpened", "breakerClosed");
    }

    @Test
    void closingIsReportedEvenIfDeliveriesCannotBeResumed() {
        open();
        intake.failure = new IllegalStateException("test");
        try {
            guard.reset();
        } catch (IllegalStateException e) {
            assertThat(e).isSameAs(intake.failure);
        }
        assertThat(eventNames()).contains("breakerClosed");
    }

    @Test
    void messagesThatNoListenerHasSeenAndThatFailedBeforeAreNotReleasedWhileItIsOpen() {
        open();
        guard.returns().putBack(List.of(StoredMessage.leased("a", 1), StoredMessage.leased("new", 1)));
        assertThat(takenBack()).containsExactly("a");
        assertThat(queue.released).containsExactly("new");
    }

    @Test
    void openingReturnsTheClaimedMessages() {
        intake.claimed = List.of(StoredMessage.leased("e", 1));
        open();
        assertThat(queue.released).containsExactly("e");
    }
}
