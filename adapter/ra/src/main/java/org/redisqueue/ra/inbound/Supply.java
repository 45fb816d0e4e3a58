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
final class Supply implements Claimer.Results, OutageGuard.Intake {

    private static final long PAUSED_MILLIS = 1_000;
    private static final long POLL_MILLIS = 1_000;
    private static final int MAX_CLAIM = 1_000;

    private final ConsumerContext context;
    private final Object lock;
    private final InFlight inFlight;
    private final WakeUpTimer wakeUp;
    private final Demand demand;
    private final ClaimBuffer buffer = new ClaimBuffer();
    private final QueueWatch watch = new QueueWatch();
    private final PrefetchWindow window;
    private final Throttle throttle;
    private final Batching batching;
    private final Connector connector;
    private final Claimer claimer;
    private final ReadyWait readyWait;
    private final OtherConsumers others;

    /** Whether the last claim failed, so that batches do not wait for the next one. */
    private boolean claimsFail;

    /** @param lock guards the state of the supply and of the dispatcher */
    Supply(
            ConsumerContext context,
            ActivationSettings settings,
            Object lock,
            InFlight inFlight,
            WakeUpTimer wakeUp,
            OtherConsumers others,
            Demand demand) {
        this.context = context;
        this.lock = lock;
        this.inFlight = inFlight;
        this.wakeUp = wakeUp;
        this.others = others;
        this.demand = demand;
        this.window = new PrefetchWindow(settings.prefetch());
        this.throttle = new Throttle(inFlight::ended, System::nanoTime);
        this.batching = new Batching(settings.batch(), settings.batchWaitMillis());
        this.connector = new Connector(context, () -> demand.guarded(this::resume));
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
        readyWait.stop();
    }

    boolean isConnected() {
        return connector.isConnected();
    }

    // The following methods require the lock.

    /** Returns the number of calls of the listener for which claimed messages wait. */
    int calls(long now) {
        return batching.calls(
                buffer, inFlight.isClaiming() && !claimsFail, demand.isProbing() || throttle.isRefused(), now);
    }

    /**
     * Returns the time until an incomplete batch is to be delivered, or until the limits of the queue may permit a claim, in
     * milliseconds; 0 if nothing depends on the time.
     */
    long againMillis(long now) {
        long batch = batching.waitMillis(buffer.size(), now);
        long rest = throttle.restMillis();
        return rest > 0 && (batch == 0 || rest < batch) ? rest : batch;
    }

    /**
     * Removes and returns the next batch; empty if none is ready.
     *
     * @see ClaimBuffer#pollBatch
     */
    List<ClaimedMessage> pollBatch(long now) {
        int before = buffer.size();
        if (calls(now) == 0) {
            return List.of();
        }
        List<ClaimedMessage> batch = buffer.pollBatch(now, batching.size());
        batching.taken(before - buffer.size());
        window.messagesTaken(batch.size());
        return batch;
    }

    /**
     * Removes and returns the next message; null if there is none.
     *
     * @see ClaimBuffer#poll
     */
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

    @Override
    public boolean isOpen() {
        return demand.isOpen() && !watch.isPaused();
    }

    @Override
    public boolean hasMessages() {
        return buffer.size() > 0;
    }

    @Override
    public boolean mayHaveMessages() {
        return hasMessages() || inFlight.isClaiming() || watch.mayHaveMessages();
    }

    @Override
    public boolean isFull() {
        return throttle.isRefused();
    }

    /** Returns whether the last claim has found that consumers hold as many messages as the queue permits. */
    boolean wasFull() {
        return throttle.wasFull();
    }

    @Override
    public List<ClaimedMessage> clear() {
        List<ClaimedMessage> removed = buffer.clear();
        batching.taken(removed.size());
        return removed;
    }

    /** @see QueueWatch#recheck */
    void recheck() {
        watch.recheck();
    }

    /**
     * Returns whether the consumer was woken, and is not claiming. If it does not claim now, the caller must then call
     * {@link OtherConsumers#passOn} without the lock. A consumer that is about to claim when the limits permit it keeps its
     * wake-up: they do not permit others to claim, either.
     */
    boolean takeWakeUp() {
        boolean keeps = inFlight.isClaiming() || throttle.restMillis() > 0 && isConnected() && demand.accepts();
        return !keeps && watch.takeWakeUp();
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
        boolean open = window.isOpen(buffer.size()) || buffer.size() < batching.size();
        if (!open || buffer.bytes() >= ClaimBudget.MAX_BYTES) {
            return 0;
        }
        return proving
                ? workers - inFlight.workers() - buffer.size()
                : window.room((workers - inFlight.deliveries()) * batching.size(), buffer.size());
    }

    /** Decides how to look for messages. The caller then calls {@link #look} without the lock. */
    QueueWatch.Next next() {
        if (inFlight.isClaiming() || throttle.restMillis() > 0) {
            return QueueWatch.Next.NOTHING;
        }
        QueueWatch.Next next = watch.next();
        if (next == QueueWatch.Next.CLAIM) {
            throttle.claimStarted();
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

    @Override
    public void resume() {
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
                claimsFail = false;
                throttle.claimed(claim.limits(), claim.found());
                if (!claim.paused()) {
                    window.limit(claim.limits().limited());
                }
                window.claimEnded(claim.messages().size(), claim.bytes());
                changed = watch.claimed(claim.paused(), claim.isUnfinished(limit), claim.isRefused());
                if (demand.accepts()) {
                    List<ClaimedMessage> admitted = demand.admitted(claim.messages());
                    admitted = admitted.subList(0, Math.min(admitted.size(), window.usable(limit)));
                    List<ClaimedMessage> rest = claim.messagesWithout(admitted);
                    buffer.add(admitted); // last but for what cannot fail: each message is either buffered or put back
                    unassigned = rest;
                    batching.added(admitted.size(), System.nanoTime());
                }
            }
        } finally {
            try {
                demand.putBack(unassigned);
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
            demand.paused();
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
            claimsFail = true;
            inFlight.claimEnded();
        }
        demand.proceed();
    }

    private void await() {
        if (!readyWait.start()) {
            poll();
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
