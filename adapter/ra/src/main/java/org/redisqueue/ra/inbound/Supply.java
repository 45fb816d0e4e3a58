// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.observer.ClaimEvents;
import org.redisqueue.ra.observer.PauseScope;
import org.redisqueue.ra.protocol.ClaimResult;
import org.redisqueue.ra.protocol.ClaimedMessage;

/**
 * Supplies a dispatcher with claimed messages: looks for them on request, and notifies the dispatcher when there may be
 * work to do.
 *
 * <p>Shares the lock of the dispatcher.
 */
final class Supply implements Claimer.Results {

    private static final long PAUSED_MILLIS = 1_000;
    private static final long POLL_MILLIS = 1_000;
    private static final int MAX_CLAIM = 1_000;

    /** The dispatcher from the point of view of its supply. */
    interface Demand {

        /** Returns whether claimed messages can be delivered now. The lock is held. */
        boolean accepts();

        /** Returns whether consuming has not been stopped. */
        boolean isConsuming();

        /** Takes the next possible steps. Does not throw. */
        void proceed();

        /** Runs a step and handles its failure. Does not throw. */
        void guarded(Runnable step);
    }

    private final ConsumerContext context;
    private final Object lock;
    private final InFlight inFlight;
    private final Releases releases;
    private final WakeUpTimer wakeUp;
    private final Demand demand;
    private final ClaimBuffer buffer = new ClaimBuffer();
    private final QueueWatch watch = new QueueWatch();
    private final PrefetchWindow window;
    private final Connector connector;
    private final Claimer claimer;
    private final ReadyWait readyWait;
    private final OtherConsumers others;

    /** @param lock guards the state of the supply and of the dispatcher */
    Supply(
            ConsumerContext context,
            ActivationSettings settings,
            Object lock,
            InFlight inFlight,
            Releases releases,
            WakeUpTimer wakeUp,
            OtherConsumers others,
            Demand demand) {
        this.context = context;
        this.lock = lock;
        this.inFlight = inFlight;
        this.releases = releases;
        this.wakeUp = wakeUp;
        this.others = others;
        this.demand = demand;
        this.window = new PrefetchWindow(settings.prefetch());
        this.connector = new Connector(context, () -> demand.guarded(this::connected));
        this.claimer = new Claimer(context, settings, this);
        this.readyWait = new ReadyWait(
                context,
                () -> isConnected() && demand.isConsuming(),
                (reported, failure) -> demand.guarded(() -> waitEnded(reported, failure)));
    }

    /** Connects to Redis, and reconnects whenever the connection is lost. */
    void start() {
        connector.connect();
    }

    /** Makes no further attempts to connect. */
    void stop() {
        connector.stop();
    }

    boolean isConnected() {
        return connector.isConnected();
    }

    // The following methods require the lock.

    /** Returns the number of claimed messages that wait for a worker. */
    int buffered() {
        return buffer.size();
    }

    /** @see ClaimBuffer#poll */
    @Nullable
    ClaimedMessage poll(long now) {
        ClaimedMessage message = buffer.poll(now);
        if (message != null) {
            window.messageTaken();
        }
        return message;
    }

    /** @see ClaimBuffer#takeUnusable */
    List<ClaimedMessage> takeUnusable() {
        return buffer.takeUnusable();
    }

    /** @see ClaimBuffer#clear */
    List<ClaimedMessage> clear() {
        return buffer.clear();
    }

    /** @see QueueWatch#recheck */
    void recheck() {
        watch.recheck();
    }

    /**
     * Returns whether the consumer was woken, and is not claiming. If it does not claim now, the caller must then call
     * {@link OtherConsumers#passOn} without the lock.
     */
    boolean takeWakeUp() {
        return !inFlight.isClaiming() && watch.takeWakeUp();
    }

    /** @see QueueWatch#wokenUp */
    void wokenUp() {
        watch.wokenUp();
    }

    /**
     * Returns the maximum number of messages to claim; zero or negative if none.
     *
     * @param workers number of workers that are allowed now
     * @param proving whether messages are delivered one at a time, so that none are claimed ahead
     */
    int room(int workers, boolean proving) {
        if (!window.isOpen(buffer.size()) || buffer.bytes() >= ClaimBudget.MAX_BYTES) {
            return 0;
        }
        return proving
                ? workers - inFlight.workers() - buffer.size()
                : window.room(workers - inFlight.deliveries(), buffer.size());
    }

    /** Decides how to look for messages. The caller then calls {@link #look} without the lock. */
    QueueWatch.Next next() {
        if (inFlight.isClaiming()) {
            return QueueWatch.Next.NOTHING;
        }
        QueueWatch.Next next = watch.next();
        if (next == QueueWatch.Next.CLAIM) {
            inFlight.claimStarted();
            window.claimStarted();
        }
        return next;
    }

    // The following methods must be called without the lock.

    /**
     * Looks for messages. Does not block.
     *
     * @param limit maximum number of messages to claim
     */
    void look(QueueWatch.Next how, int limit) {
        switch (how) {
            case CLAIM -> claimer.claim(Math.min(limit, MAX_CLAIM));
            case WAIT -> await();
            case NOTHING -> {}
        }
    }

    private void connected() {
        synchronized (lock) {
            watch.recheck();
        }
        demand.proceed();
    }

    @Override
    public void claimed(ClaimResult claim, int limit) {
        demand.guarded(() -> accept(claim, limit));
    }

    private void accept(ClaimResult claim, int limit) {
        List<ClaimedMessage> unassigned = claim.messages();
        boolean changed;
        boolean restored = false;
        try {
            context.leases().add(claim.messages()); // first, so that the leases are renewed whatever takes long
            restored = connector.answered();
            if (!claim.messages().isEmpty()) {
                context.observer().claimed(claim.messages()); // before a worker can take one of them
            }
            synchronized (lock) {
                window.claimEnded(claim.messages().size(), claim.bytes());
                changed = watch.claimed(claim.paused(), claim.more() || claim.found() >= limit);
                if (demand.accepts()) {
                    buffer.add(claim.messages());
                    unassigned = List.of();
                }
            }
        } finally {
            try {
                releases.release(unassigned);
                awaitDue(claim);
            } finally {
                synchronized (lock) {
                    inFlight.claimEnded();
                }
            }
        }
        demand.proceed();
        if (restored) {
            connector.reportRestored();
        }
        if (changed) {
            reportPause(claim.paused());
        }
        ClaimEvents.report(context.observer(), context.queue(), claim);
    }

    /** Ensures that this consumer or another one looks for the next message when it is due. */
    private void awaitDue(ClaimResult claim) {
        if (claim.paused()) {
            wakeUp.within(PAUSED_MILLIS);
        }
        long millis = claim.dueInMillis().orElse(-1);
        boolean follows = claim.more() && millis == 0; // the next claim, for which another consumer was woken, too
        if (millis >= 0 && !follows && !wakeUp.within(millis)) {
            others.handOver();
        }
        passOnIfUnable();
    }

    /** Passes a wake-up on that this consumer cannot use, before the claim ends, so that draining waits for the call. */
    private void passOnIfUnable() {
        boolean woken;
        synchronized (lock) {
            woken = !(isConnected() && demand.accepts()) && watch.takeWakeUp();
        }
        if (woken) {
            others.passOn();
        }
    }

    private void reportPause(boolean paused) {
        if (paused) {
            context.observer().paused(context.queue(), PauseScope.QUEUE);
        } else {
            context.observer().resumed(context.queue(), PauseScope.QUEUE);
        }
    }

    @Override
    public void claimFailed(Throwable failure) {
        connector.failed(failure);
        passOnIfUnable();
        synchronized (lock) {
            inFlight.claimEnded();
        }
        demand.proceed();
    }

    private void await() {
        if (!readyWait.start()) {
            poll();
            readyWait.reportNoConnection();
        }
    }

    private void waitEnded(boolean reported, @Nullable Throwable failure) {
        if (failure != null && Connector.isRefusal(failure)) {
            poll();
            return;
        }
        synchronized (lock) {
            watch.waitEnded(reported);
        }
        if (failure == null) {
            demand.proceed();
        } else {
            connector.failed(failure);
        }
    }

    /** Looks for messages every second, because Redis cannot wait for them. */
    private void poll() {
        synchronized (lock) {
            watch.poll();
        }
        wakeUp.within(POLL_MILLIS);
    }
}
