// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.Claim;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.OnExpiry;
import org.redisqueue.ra.protocol.QueueOperations;

/**
 * Waits for the messages of one queue, claims as many as there is room for and hands them to workers.
 *
 * <p>It runs on the threads of its callers: replies from Redis, workers that request the next message, and timers trigger
 * the next step. While the queue is idle, only a blocking read is pending in Redis.
 */
final class Dispatcher {

    private static final long LONGEST_WAIT_SECONDS = 5;
    private static final long PAUSED_MILLIS = 1_000;
    private static final long POLL_MILLIS = 1_000;
    private static final int LARGEST_CLAIM = 1_000;

    /** Factor by which the prefetch may grow for listeners that are faster than Redis answers. */
    private static final int FAST = 8;

    private static final long FAST_BYTES = 1 << 20;

    private enum State {
        /** Redis has not been reached yet, or the connection was lost. Tries again later. */
        DISCONNECTED,
        RUNNING,
        /** Delivers no further messages, and releases those that are claimed but not delivered. */
        STOPPING
    }

    /** The source of workers. */
    interface Workforce {
        /** Starts this number of workers, each of which asks for messages until there are none left. Does not block. */
        void call(int workers);
    }

    private final String queue;
    private final QueueOperations operations;
    private final BooleanSupplier mayDeliver;
    private final Leases leases;
    private final ScheduledExecutorService timer;
    private final Workforce workforce;
    private final Connector connector;
    private final int maxConcurrency;
    private final int prefetch;
    private final int maxAbandoned;
    private final OnExpiry onExpiry;
    private final int maxBytes;

    private final Deque<ClaimedMessage> claimed = new ArrayDeque<>();
    private long claimedBytes;
    private final Reports failures = new Reports(Duration.ofMinutes(1));
    private final Admission admission;
    private final ClaimBudget budget;
    private State state = State.DISCONNECTED;
    private int workers;
    private int delivering;
    private int unanswered;
    private boolean claiming;
    private boolean drained;
    private boolean paused;
    private boolean suspended;
    private boolean polling;
    private boolean crowdedOut;
    private boolean waitRefused;
    private boolean awaiting;
    private int ahead;
    private int taken;
    private Future<?> wakeUp;
    private long wakeUpAt;

    /**
     * @param connection the settings of the connection to Redis
     * @param mayDeliver whether messages may be claimed; does not block while Redis is connected
     * @param timer runs tasks that do not block
     * @param blocking runs tasks that may block
     */
    Dispatcher(
            String queue,
            RedisActivationSpec spec,
            ConnectionProperties connection,
            QueueOperations operations,
            BooleanSupplier mayDeliver,
            Leases leases,
            ScheduledExecutorService timer,
            Executor blocking,
            Workforce workforce) {
        this.queue = queue;
        this.operations = operations;
        this.mayDeliver = mayDeliver;
        this.leases = leases;
        this.timer = timer;
        this.workforce = workforce;
        this.connector =
                new Connector(queue, operations, timer, blocking, () -> guarded(this::connected), this::report);
        this.maxConcurrency = spec.getMaxConcurrency();
        this.prefetch = spec.getPrefetch();
        this.ahead = prefetch;
        this.maxAbandoned = spec.getMaxAbandoned();
        this.onExpiry = OnExpiry.of(spec.getOnExpiry());
        this.maxBytes = connection.getMaxMessageSize();
        this.admission = new Admission(maxConcurrency);
        this.budget = new ClaimBudget(Math.min(connection.getResponseTimeout(), leases.leaseMillis()));
    }

    String queue() {
        return queue;
    }

    /** Starts to consume as soon as Redis can be reached. */
    void start() {
        connector.connect();
    }

    /**
     * Returns the next message for a worker.
     *
     * @param hadOne whether the worker has just completed the delivery of a message
     * @return null if there is none; the worker then ends
     */
    ClaimedMessage next(boolean hadOne) {
        ClaimedMessage next = null;
        List<Lease> expired = new ArrayList<>();
        synchronized (this) {
            if (hadOne) {
                delivering--;
                admission.delivered();
            }
            long now = System.nanoTime();
            while (state != State.STOPPING && next == null && !claimed.isEmpty()) {
                ClaimedMessage first = claimed.poll();
                claimedBytes -= first.value().length;
                if (first.lease().isLost()) {
                    leases.drop(first.lease());
                } else if (!first.lease().isCertainAt(now)) {
                    expired.add(first.lease());
                } else {
                    next = first;
                }
            }
            if (next == null) {
                workers--;
            } else {
                delivering++;
                taken++;
            }
            notifyAll();
        }
        release(expired);
        proceed();
        return next;
    }

    /** Records that a worker could not be started and will not ask for messages. Does not throw. */
    void workerRefused() {
        guarded(() -> rest(() -> workers--, List.of()));
    }

    /**
     * Records that a worker ends because the container did not hand its message to the listener. The message is
     * released and delivered later.
     */
    void putBack(ClaimedMessage message) {
        rest(
                () -> {
                    delivering--;
                    workers--;
                },
                List.of(message.lease()));
    }

    /**
     * Records that a worker ends because of an unexpected failure.
     *
     * @param hadOne whether the worker had a message, whose lease it has dropped
     */
    void workerFailed(boolean hadOne, Throwable failure) {
        rest(
                () -> {
                    delivering -= hadOne ? 1 : 0;
                    workers--;
                },
                List.of());
        report(failure);
    }

    /**
     * Releases every claimed message that no listener has seen, and rests: neither claims nor delivers for a while.
     *
     * @param ending updates the counters of what has ended; runs after the release is under way, so that
     *     {@link #awaitEnd} also waits for the reply to the release
     * @param refused further leases that no listener has seen, claimed before all others
     */
    private void rest(Runnable ending, List<Lease> refused) {
        long millis;
        try {
            List<Lease> unseen = new ArrayList<>(refused);
            synchronized (this) {
                unseen.addAll(unseen());
            }
            release(unseen);
        } finally {
            synchronized (this) {
                ending.run();
                long now = System.nanoTime();
                admission.refused(workers, now);
                millis = admission.restMillis(now);
                drained = false;
                notifyAll();
            }
        }
        dueIn(millis);
    }

    /** Runs a step that has no caller to report a failure to. Consumption continues, whatever the step throws. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            recover(e);
        }
    }

    /** Handles an unexpected failure, such as exhausted memory: starts anew after a rest. */
    private void recover(Throwable failure) {
        try {
            rest(() -> {}, List.of());
        } catch (Throwable e) {
            failure.addSuppressed(e);
        }
        report(failure);
    }

    /** Writes to the log. A failure to do so is no reason to release messages. Does not throw. */
    void logged(Runnable lines) {
        try {
            lines.run();
        } catch (Throwable e) {
            report(e);
        }
    }

    private void report(Throwable failure) {
        try {
            String reason = ListenerFailure.describe(failure);
            if (failures.isNews(reason)) {
                LogMessage.CONSUMING_FAILED.log(failure, queue, reason);
            }
        } catch (Throwable e) {
            // The log itself may have failed, and there is no other place to report that.
        }
    }

    /** Looks for messages again after this time at the latest. */
    void dueIn(long millis) {
        long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (this) {
            if (state == State.STOPPING) {
                return;
            }
            if (wakeUp != null && !wakeUp.isDone()) {
                if (wakeUpAt - at <= 0) {
                    return;
                }
                wakeUp.cancel(false);
            }
            try {
                wakeUp = timer.schedule(() -> guarded(this::look), millis, TimeUnit.MILLISECONDS);
                wakeUpAt = at;
            } catch (RejectedExecutionException e) {
                state = State.STOPPING; // the adapter has stopped
            }
        }
    }

    /** Registers a call whose reply {@link #awaitEnd} waits for. */
    void follow(CompletableFuture<?> call) {
        synchronized (this) {
            unanswered++;
        }
        call.whenComplete((reply, failure) -> {
            synchronized (this) {
                unanswered--;
                notifyAll();
            }
        });
    }

    /** Pauses: claims no messages until {@link #resume}, and releases those that were not handed to a listener. */
    void suspend() {
        List<Lease> unseen;
        synchronized (this) {
            suspended = true;
            unseen = unseen();
        }
        release(unseen);
    }

    /** Resumes after {@link #suspend}. */
    void resume() {
        synchronized (this) {
            suspended = false;
            drained = false;
        }
        proceed();
    }

    /** Stops intake, and releases the messages that were not handed to a listener. Does not block. */
    void halt() {
        List<Lease> unseen;
        connector.stop();
        synchronized (this) {
            state = State.STOPPING;
            unseen = unseen();
            if (wakeUp != null) {
                wakeUp.cancel(false);
            }
        }
        release(unseen);
    }

    /** Removes the claimed messages that no listener has seen, and returns their leases. */
    private List<Lease> unseen() {
        List<Lease> unseen = claimed.stream().map(ClaimedMessage::lease).toList();
        claimed.clear();
        claimedBytes = 0;
        return unseen;
    }

    private boolean takesNone() {
        return state == State.STOPPING || suspended;
    }

    /**
     * After {@link #halt}, waits for the running listeners and for the replies of Redis.
     *
     * @param millis maximum time to wait, in milliseconds
     * @return number of listeners that are still running
     */
    int awaitEnd(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (this) {
            boolean interrupted = false;
            long left = end - System.nanoTime();
            while ((delivering > 0 || claiming || unanswered > 0) && left > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                    break;
                }
                left = end - System.nanoTime();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return delivering;
        }
    }

    private void connected() {
        synchronized (this) {
            if (state != State.DISCONNECTED) {
                return;
            }
            state = State.RUNNING;
            drained = false;
        }
        proceed();
    }

    /** Handles a call that Redis did not answer as expected: connects again. Does not throw. */
    private void failed(Throwable failure) {
        synchronized (this) {
            if (state == State.STOPPING) {
                return;
            }
            state = State.DISCONNECTED;
        }
        connector.failed(failure);
    }

    /** Does whatever is possible now: starts workers, claims messages, or waits for them. Does not throw. */
    private void proceed() {
        guarded(this::step);
    }

    private void step() {
        int missing;
        int limit = 0;
        boolean wait = false;
        boolean held;
        synchronized (this) {
            long now = System.nanoTime();
            if (state != State.RUNNING || suspended || admission.isResting(now)) {
                return;
            }
            held = !mayDeliver.getAsBoolean(); // only while connected: otherwise this call connects, which blocks
            int wanted = admission.workers(delivering, now);
            missing = Math.max(0, Math.min(claimed.size(), wanted - workers));
            workers += missing;
            int room = admission.isProving()
                    ? wanted - workers - claimed.size()
                    : wanted - delivering + ahead - claimed.size();
            if (!held && !claiming && claimed.size() <= ahead / 2 && claimedBytes < ClaimBudget.LARGEST && room > 0) {
                if (!drained) {
                    claiming = true;
                    taken = 0;
                    limit = Math.min(room, LARGEST_CLAIM);
                } else if (!awaiting && !paused && !polling) {
                    awaiting = true;
                    wait = true;
                }
            }
        }
        if (missing > 0) {
            workforce.call(missing);
        }
        if (limit > 0) {
            claim(limit);
        }
        if (wait) {
            await();
        }
        if (held) {
            dueIn(POLL_MILLIS);
        }
    }

    private void claim(int limit) {
        long since = System.nanoTime();
        long bytes;
        synchronized (this) {
            bytes = budget.bytes();
        }
        CompletableFuture<Claim> call;
        try {
            call = operations.claim(
                    new ClaimRequest(queue, limit, leases.leaseMillis(), maxAbandoned, maxBytes, bytes, onExpiry));
        } catch (RuntimeException | Error e) {
            call = CompletableFuture.failedFuture(e);
        }
        call.whenComplete((claim, failure) -> {
            if (failure != null) {
                claimFailed(failure);
            } else {
                guarded(() -> took(claim, limit, System.nanoTime() - since));
            }
        });
    }

    private void claimFailed(Throwable failure) {
        synchronized (this) {
            claiming = false;
            if (!Connector.isRefusal(failure)) {
                budget.timedOut(); // fewer bytes may arrive in time
            }
            notifyAll();
        }
        failed(failure);
    }

    private void took(Claim claim, int limit, long nanos) {
        List<Lease> unassigned =
                claim.messages().stream().map(ClaimedMessage::lease).toList();
        boolean resumed = connector.answered();
        boolean changed;
        try {
            leases.hold(claim.messages());
            synchronized (this) {
                budget.replied(claim.cutShort(), nanos);
                ahead = aheadAfter(claim);
                drained = !claim.cutShort() && claim.found() < limit;
                changed = paused != claim.paused();
                paused = claim.paused();
                if (!takesNone() && !admission.isResting(System.nanoTime())) {
                    claimed.addAll(claim.messages());
                    claimedBytes += claim.bytes();
                    unassigned = List.of();
                }
            }
        } finally {
            release(unassigned);
            synchronized (this) {
                claiming = false;
                notifyAll();
            }
        }
        if (claim.paused()) {
            dueIn(PAUSED_MILLIS);
        }
        claim.dueInMillis().ifPresent(this::dueIn);
        proceed();
        logged(() -> log(claim, resumed, changed));
    }

    private void log(Claim claim, boolean resumed, boolean changed) {
        if (resumed) {
            LogMessage.REDIS_BACK.log(queue);
        }
        if (changed) {
            (claim.paused() ? LogMessage.PAUSED : LogMessage.RESUMED).log(queue);
        }
        if (claim.expired() > 0) {
            LogMessage.EXPIRED.log(queue, claim.expired());
        }
        claim.gone().forEach(id -> LogMessage.MESSAGE_GONE.log(queue, id));
        claim.buried().forEach((id, reason) -> LogMessage.DEAD_LETTER.log(queue, id, reason));
    }

    /**
     * Returns how many messages to claim ahead. Half of them last three times as long as this claim took, judging by
     * how many messages listeners took in the meantime. If messages are large, the result is no higher than configured.
     */
    private int aheadAfter(Claim claim) {
        long average = Math.max(1, claim.bytes() / Math.max(1, claim.messages().size()));
        long most = Math.min(FAST * (long) prefetch, FAST_BYTES / average);
        return (int) Math.max(prefetch, Math.min(most, 6L * taken));
    }

    private void await() {
        if (!operations.canAwait()) {
            poll();
            return;
        }
        long seconds = Math.max(1, Math.min(LONGEST_WAIT_SECONDS, leases.leaseMillis() / 2_000));
        CompletableFuture<Boolean> call;
        try {
            call = operations.awaitReady(queue, Duration.ofSeconds(seconds));
        } catch (RuntimeException | Error e) {
            call = CompletableFuture.failedFuture(e);
        }
        call.whenComplete((ready, failure) -> guarded(() -> waited(failure)));
    }

    /**
     * Polls the queue because all connections that are available for waiting are in use. The others are reserved for
     * commits.
     */
    private void poll() {
        boolean first;
        synchronized (this) {
            awaiting = false;
            polling = true;
            first = !crowdedOut;
            crowdedOut = true;
        }
        dueIn(POLL_MILLIS);
        if (first) {
            logged(() -> LogMessage.NO_CONNECTION_TO_WAIT.log(queue));
        }
    }

    private void waited(Throwable failure) {
        boolean refused = Connector.isRefusal(failure);
        boolean first;
        synchronized (this) {
            awaiting = false;
            first = refused && !waitRefused && state == State.RUNNING;
            waitRefused = refused;
            if (refused) {
                polling = true;
            } else {
                drained = false; // even after a timeout: leases of other consumers may have ended
            }
        }
        if (refused) {
            dueIn(POLL_MILLIS);
        } else if (failure != null) {
            failed(failure);
        } else {
            proceed();
        }
        if (first) {
            logged(() -> LogMessage.WAIT_REFUSED.log(queue, Failures.describe(failure)));
        }
    }

    private void look() {
        long rest;
        synchronized (this) {
            wakeUp = null;
            drained = false;
            polling = false;
            rest = admission.restMillis(System.nanoTime());
        }
        if (rest > 0) {
            dueIn(rest);
        } else {
            proceed();
        }
    }

    /**
     * Releases messages that no listener has seen. Their leases are no longer renewed, whatever the outcome of the
     * call.
     */
    void release(List<Lease> unseen) {
        if (unseen.isEmpty()) {
            return;
        }
        try {
            CompletableFuture<Long> released = operations.release(queue, unseen);
            follow(released);
            released.whenComplete((count, failure) -> unseen.forEach(leases::drop));
        } catch (RuntimeException | Error e) {
            unseen.forEach(leases::drop);
            report(e);
        }
    }
}
