// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.protocol.TakeBackRequest;

/**
 * Protects the messages of a listener during an outage: carries out what its {@link CircuitBreaker} decides.
 *
 * <p>Shares the lock of the dispatcher.
 */
final class OutageGuard {

    /** The number of messages of which one is chosen as the probe. */
    static final int CANDIDATES = 8;

    private static final long CALM_MILLIS = TimeUnit.NANOSECONDS.toMillis(CircuitBreaker.FAILING_NANOS);
    private static final long HOLD_CHECK_MILLIS = 1_000;

    private final ConsumerContext context;
    private final Object lock;
    private final InFlight inFlight;
    private final WakeUpTimer wakeUp;
    private final Releases releases;
    private final TakeBacks takeBacks;
    private final Returns returns;
    private final Intake intake;
    private final @Nullable CircuitBreaker breaker;
    private final LongSupplier clock;
    private final OrderedEvents events;

    /** Whether a success changes nothing. Read without the lock, so that it costs successful deliveries nothing. */
    private volatile boolean quiet = true;

    /** The messages that the dispatcher may claim, or has claimed and not delivered. */
    interface Intake {

        /** Returns whether messages are delivered: neither the listener nor its queue is paused. The lock is held. */
        boolean isOpen();

        /** Returns whether the queue may have messages that are due, or is known to have some. The lock is held. */
        boolean mayHaveMessages();

        /**
         * Returns whether the last claim was refused because consumers hold as many messages as the queue permits. The lock is
         * held.
         */
        boolean isFull();

        /** Returns whether claimed messages wait for a worker. The lock is held. */
        boolean hasMessages();

        /** Removes and returns these messages. The lock is held. */
        List<ClaimedMessage> clear();

        /** Looks for messages again. The lock is not held. Does not throw. */
        void resume();
    }

    OutageGuard(
            ConsumerContext context,
            int threshold,
            Object lock,
            InFlight inFlight,
            Releases releases,
            WakeUpTimer wakeUp,
            Intake intake,
            LongSupplier clock) {
        this.context = context;
        this.lock = lock;
        this.inFlight = inFlight;
        this.wakeUp = wakeUp;
        this.releases = releases;
        this.takeBacks = new TakeBacks(context, inFlight, releases);
        this.intake = intake;
        this.clock = clock;
        this.breaker = threshold == 0 ? null : new CircuitBreaker(threshold);
        this.returns = new Returns(lock, breaker, takeBacks, releases);
        this.events = new OrderedEvents(context.failures()::report);
    }

    // The outcomes of deliveries. The lock is not held.

    /**
     * Records that a delivery has succeeded. It closes the breaker if it began after the opening. Failures on hold from
     * before it began count.
     *
     * @param since the {@link System#nanoTime} at which the delivery began
     */
    void succeeded(long since) {
        CircuitBreaker own = breaker;
        if (own == null || quiet) {
            return;
        }
        boolean closes;
        List<Failure> counted = List.of();
        synchronized (lock) {
            closes = own.isClosedBy(since);
            if (closes) {
                addClosing(own);
                own.close();
            } else if (!own.isOpen()) {
                counted = own.run().succeeded(since);
            }
            quiet = !own.isOpen() && own.run().isEmpty();
        }
        count(counted);
        if (closes) {
            closed();
        }
    }

    /** Closes the breaker because an operator has requested it. No effect if it is not open. */
    void reset() {
        CircuitBreaker own = breaker;
        if (own == null) {
            return;
        }
        synchronized (lock) {
            if (!own.isOpen()) {
                return;
            }
            addClosing(own);
            own.reset();
            quiet = true;
        }
        closed();
    }

    private void addClosing(CircuitBreaker own) {
        long millis = own.openMillis(clock.getAsLong());
        events.add(() -> context.observer().breakerClosed(context.queue(), millis));
    }

    private void closed() {
        try {
            intake.resume();
        } finally {
            events.report();
        }
    }

    /** Records that a delivery has failed, and decides whether the failure counts. */
    void failed(Failure failure) {
        CircuitBreaker own = breaker;
        if (own == null) {
            failure.count().accept(null);
            return;
        }
        ClaimedMessage message = failure.message();
        FailedMessage counted;
        Failure replaced;
        int remaining;
        Opening opening = null;
        CircuitBreaker.Verdict verdict;
        synchronized (lock) {
            FailedMessage before = own.run().find(message);
            replaced = before == null ? null : before.held();
            boolean wasOpen = own.isOpen();
            boolean others = inFlight.messages() > 1 || intake.mayHaveMessages();
            verdict = own.failed(failure, others, intake.isOpen(), clock.getAsLong());
            counted = own.run().find(message);
            remaining = own.isOpen() ? own.run().failuresBefore(message) : message.failures();
            if (!wasOpen && own.isOpen()) {
                opening = opening(own);
            }
            quiet = false;
        }
        try {
            if (replaced != null
                    && replaced.message().lease() != message.lease()) { // its lease had ended, and it was claimed again
                takeBacks.failed(replaced, replaced.message().failures());
            }
            switch (verdict) {
                case COUNT -> failure.count().accept(counted);
                case HOLD -> wakeUp.within(CALM_MILLIS);
                case UNCOUNTED -> takeBacks.failed(failure, remaining);
            }
        } finally {
            if (opening != null) {
                open(opening);
            }
        }
    }

    /** Records that Redis has counted a failure. */
    void counted(@Nullable FailedMessage counted, RedeliveryResult result) {
        if (counted == null || result != RedeliveryResult.WAITING) {
            return;
        }
        TakeBackRequest request;
        synchronized (lock) {
            request = counted.confirmed();
        }
        if (request != null) {
            takeBacks.waiting(List.of(request));
        }
    }

    /** Records that a delivery has ended without showing whether the listener works. */
    void inconclusive(ClaimedMessage message) {
        CircuitBreaker own = breaker;
        if (own != null && !quiet) {
            synchronized (lock) {
                own.inconclusive(message.lease(), clock.getAsLong());
            }
        }
    }

    // Opening

    /** What is to be done because the breaker has opened. */
    private static final class Opening {

        private final FailureRun run;
        private List<TakeBackRequest> waiting = List.of();
        private List<Failure> held = List.of();
        private List<ClaimedMessage> unseen = List.of();

        private Opening(FailureRun run) {
            this.run = run;
        }
    }

    private Opening opening(CircuitBreaker own) {
        FailureRun run = own.run();
        int failures = run.failures();
        long wait = own.waitMillis(clock.getAsLong());
        String reason = run.lastReason();
        events.add(() -> context.observer().breakerOpened(context.queue(), failures, wait, reason));
        Opening opening = new Opening(run);
        opening.waiting = run.revoke();
        opening.held = run.takeHeld();
        opening.unseen = intake.clear();
        return opening;
    }

    private void open(Opening opening) {
        try {
            returns.putBack(opening.unseen);
            for (Failure each : opening.held) {
                int remaining;
                synchronized (lock) {
                    remaining = opening.run.failuresBefore(each.message());
                }
                takeBacks.failed(each, remaining);
            }
            takeBacks.waiting(opening.waiting);
        } finally {
            events.report();
        }
    }

    /** Returns what returns messages to the queue that no listener has seen. */
    Returns returns() {
        return returns;
    }

    // The intake of the dispatcher. The lock is held.

    /** Returns the time until the next probe, in milliseconds; 0 if messages may be claimed and delivered now. */
    long waitMillis(long now) {
        return breaker == null ? 0 : breaker.waitMillis(now);
    }

    boolean isOpen() {
        return breaker != null && breaker.isOpen();
    }

    /** Returns how many of these workers are allowed: while the breaker is open, one for the probe. */
    int workers(int allowed) {
        return isOpen() ? Math.min(allowed, inFlight.deliveries() + 1) : allowed;
    }

    /**
     * Returns the maximum number of messages to claim while the breaker is open.
     *
     * @param workers number of workers that are allowed now
     */
    int room(int workers) {
        return inFlight.deliveries() >= workers || intake.hasMessages() ? 0 : CANDIDATES;
    }

    /** Selects the messages that may be delivered: while the breaker is open, one as a probe. */
    List<ClaimedMessage> admitted(List<ClaimedMessage> claimed) {
        if (breaker == null || !breaker.isOpen() || claimed.isEmpty()) {
            return claimed;
        }
        return intake.hasMessages() ? List.of() : List.of(breaker.choose(claimed));
    }

    /** Records that a message is handed to a worker. */
    void started(ClaimedMessage message) {
        if (breaker != null && breaker.isOpen()) {
            breaker.started(message.lease(), clock.getAsLong());
        }
    }

    // Failures on hold. The lock is not held.

    /** Decides on the failures on hold if no further delivery has failed or is in progress, or after a long time. */
    void wokenUp() {
        CircuitBreaker own = breaker;
        if (own == null || quiet) {
            return;
        }
        List<Failure> counted = List.of();
        Opening opening = null;
        synchronized (lock) {
            FailureRun run = own.run();
            if (!run.hasHeld()) {
                return;
            }
            long now = clock.getAsLong();
            boolean delivers = inFlight.deliveries() > 0;
            boolean blocks = !delivers && intake.isFull(); // others cannot be delivered as long as these are held
            if (blocks || run.hasWaited(delivers, CircuitBreaker.FAILING_NANOS, now)) {
                if (own.openIfSeveralHaveFailed(now)) {
                    opening = opening(own);
                } else {
                    counted = run.takeHeld();
                }
            }
        }
        count(counted);
        if (opening != null) {
            open(opening);
        } else if (counted.isEmpty()) {
            wakeUp.within(HOLD_CHECK_MILLIS);
        }
    }

    /** Puts back the messages whose failures are on hold, because deliveries stop: a later one will find out. */
    void putBackHeld() {
        CircuitBreaker own = breaker;
        if (own == null || quiet) {
            return;
        }
        List<Failure> uncounted;
        synchronized (lock) {
            uncounted = own.run().takeHeld();
        }
        for (Failure each : uncounted) {
            takeBacks.failed(each, each.message().failures());
        }
    }

    private void count(List<Failure> failures) {
        for (Failure each : failures) {
            try {
                each.count().accept(null);
            } catch (RuntimeException | Error e) { // the other messages are not affected
                releases.abandon(each.message(), e);
            }
        }
    }
}
