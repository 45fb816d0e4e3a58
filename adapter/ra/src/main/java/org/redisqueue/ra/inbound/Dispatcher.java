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
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.Claim;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedisCallException;

/**
 * Waits for the messages of one queue, claims as many as there is room for and hands them to workers.
 *
 * <p>It has no thread: it goes on when a reply comes, a worker asks for the next message or a time is up. While the
 * queue is idle it only waits on Redis.
 */
final class Dispatcher {

    private static final long LONGEST_WAIT_SECONDS = 5;
    private static final long PAUSED_MILLIS = 1_000;
    private static final long REST_MILLIS = 1_000;
    private static final int LARGEST_CLAIM = 1_000;

    /** How many times as much as configured may be claimed ahead for listeners that are faster than Redis answers. */
    private static final int FAST = 8;

    private static final long FAST_BYTES = 1 << 20;

    private enum State {
        /** Redis was not reached yet, or not any more: trying again later. */
        DISCONNECTED,
        RUNNING,
        /** Delivers no more; what is claimed goes back. */
        STOPPING
    }

    /** Where workers come from. */
    interface Workforce {
        /** Has that many workers start; each asks for messages until there is none. Does not block. */
        void call(int workers);
    }

    private final String queue;
    private final QueueOperations operations;
    private final Leases leases;
    private final ScheduledExecutorService timer;
    private final Executor blocking;
    private final Workforce workforce;
    private final int maxConcurrency;
    private final int prefetch;
    private final int maxAbandoned;
    private final int maxBytes;

    private final Deque<ClaimedMessage> claimed = new ArrayDeque<>();
    private final Backoff backoff = new Backoff();
    private State state = State.DISCONNECTED;
    private int workers;
    private int delivering;
    private int unanswered;
    private boolean claiming;
    private boolean drained;
    private boolean reconnecting;
    private boolean paused;
    private boolean suspended;
    private boolean resting;
    private boolean polling;
    private boolean waitRefused;
    private boolean awaiting;
    private int largestClaim = LARGEST_CLAIM;
    private int ahead;
    private int taken;
    private Future<?> wakeUp;
    private long wakeUpAt;

    /**
     * @param maxBytes how long a message may be
     * @param timer runs what does not block
     * @param blocking runs what may block
     */
    Dispatcher(
            String queue,
            RedisActivationSpec spec,
            int maxBytes,
            QueueOperations operations,
            Leases leases,
            ScheduledExecutorService timer,
            Executor blocking,
            Workforce workforce) {
        this.queue = queue;
        this.operations = operations;
        this.leases = leases;
        this.timer = timer;
        this.blocking = blocking;
        this.workforce = workforce;
        this.maxConcurrency = spec.getMaxConcurrency();
        this.prefetch = spec.getPrefetch();
        this.ahead = prefetch;
        this.maxAbandoned = spec.getMaxAbandoned();
        this.maxBytes = maxBytes;
    }

    String queue() {
        return queue;
    }

    /** Begins to consume as soon as Redis can be reached. */
    void start() {
        blocking.execute(this::connect);
    }

    /**
     * The next message for a worker.
     *
     * @param hadOne whether the worker has just ended with one
     * @return null if there is none; the worker ends then
     */
    ClaimedMessage next(boolean hadOne) {
        ClaimedMessage next = null;
        List<Lease> expired = new ArrayList<>();
        synchronized (this) {
            if (hadOne) {
                delivering--;
            }
            long now = System.nanoTime();
            while (state != State.STOPPING && next == null && !claimed.isEmpty()) {
                ClaimedMessage first = claimed.poll();
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

    /** A worker could not be had; it will not ask for messages. */
    void workerRefused() {
        synchronized (this) {
            workers--;
            resting = true;
            notifyAll();
        }
        dueIn(REST_MILLIS);
    }

    /** A worker ends with a message that the container did not hand to the listener; it is delivered later. */
    void putBack(ClaimedMessage message) {
        boolean takesNone;
        synchronized (this) {
            takesNone = takesNone();
            if (!takesNone) {
                claimed.addFirst(message);
                resting = true; // at once, or another worker may be called for it before workerRefused says so
            }
        }
        if (takesNone) {
            release(List.of(message.lease()));
        }
        synchronized (this) {
            delivering--;
        }
        workerRefused();
    }

    /** Looks for messages again after this time, if not before. */
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
                wakeUp = timer.schedule(this::look, millis, TimeUnit.MILLISECONDS);
                wakeUpAt = at;
            } catch (RejectedExecutionException e) {
                state = State.STOPPING; // the adapter has stopped
            }
        }
    }

    /** Counts a call whose reply {@link #awaitEnd} waits for. */
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

    /** Takes no more messages until {@link #resume}, and gives those back that were not handed to a listener. */
    void suspend() {
        List<Lease> unseen;
        synchronized (this) {
            suspended = true;
            unseen = unseen();
        }
        release(unseen);
    }

    /** Goes on after {@link #suspend}. */
    void resume() {
        synchronized (this) {
            suspended = false;
            drained = false;
        }
        proceed();
    }

    /** Takes no more messages and gives those back that were not handed to a listener. Does not block. */
    void halt() {
        List<Lease> unseen;
        synchronized (this) {
            state = State.STOPPING;
            unseen = unseen();
            if (wakeUp != null) {
                wakeUp.cancel(false);
            }
        }
        release(unseen);
    }

    /** Removes what no listener has seen. */
    private List<Lease> unseen() {
        List<Lease> unseen = claimed.stream().map(ClaimedMessage::lease).toList();
        claimed.clear();
        return unseen;
    }

    private boolean takesNone() {
        return state == State.STOPPING || suspended;
    }

    /**
     * After {@link #halt}, waits for the listeners at work and for the replies of Redis.
     *
     * @param millis how long to wait at most
     * @return how many listeners are still at work
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

    private void connect() {
        synchronized (this) {
            if (state == State.STOPPING) {
                return;
            }
            reconnecting = false;
        }
        try {
            operations.connect();
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        operations.register(queue).whenComplete((done, failure) -> {
            if (failure == null || isRefusal(failure)) { // a full Redis refuses it, and gives messages all the same
                connected();
            } else {
                failed(failure);
            }
        });
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

    private void failed(Throwable failure) {
        synchronized (this) {
            if (state == State.STOPPING || reconnecting) {
                return;
            }
            if (backoff.isFirst()) {
                LogMessage.REDIS_LOST.log(queue, Failures.describe(failure));
            }
            state = State.DISCONNECTED;
            reconnecting = true;
            try {
                timer.schedule(() -> blocking.execute(this::connect), backoff.nextMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                state = State.STOPPING; // the adapter has stopped
            }
        }
    }

    /** Does what can be done now: call workers, claim, or wait. */
    private void proceed() {
        int missing;
        int limit = 0;
        boolean wait = false;
        synchronized (this) {
            if (state != State.RUNNING || suspended) {
                return;
            }
            missing = resting ? 0 : Math.min(claimed.size(), maxConcurrency - workers);
            workers += missing;
            int room = maxConcurrency - delivering + ahead - claimed.size();
            if (!claiming && claimed.size() <= ahead / 2 && room > 0) {
                if (!drained) {
                    claiming = true;
                    taken = 0;
                    limit = Math.min(room, largestClaim);
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
    }

    private void claim(int limit) {
        operations
                .claim(new ClaimRequest(queue, limit, leases.leaseMillis(), maxAbandoned, maxBytes))
                .whenComplete((claim, failure) -> {
                    if (failure != null) {
                        synchronized (this) {
                            claiming = false;
                            largestClaim = Math.max(1, limit / 2); // fewer messages may come through in time
                            notifyAll();
                        }
                        failed(failure);
                    } else {
                        took(claim, limit);
                    }
                });
    }

    private void took(Claim claim, int limit) {
        boolean takesNone;
        leases.hold(claim.messages());
        synchronized (this) {
            takesNone = takesNone();
            if (!takesNone) {
                if (!backoff.isFirst()) {
                    LogMessage.REDIS_BACK.log(queue);
                    backoff.reset();
                }
                claimed.addAll(claim.messages());
                ahead = aheadAfter(claim);
                int found = claim.messages().size()
                        + claim.gone().size()
                        + claim.buried().size();
                drained = found < limit;
                claiming = false;
                largestClaim = Math.min(LARGEST_CLAIM, largestClaim * 2);
                if (paused != claim.paused()) {
                    paused = claim.paused();
                    (paused ? LogMessage.PAUSED : LogMessage.RESUMED).log(queue);
                }
            }
        }
        claim.gone().forEach(id -> LogMessage.MESSAGE_GONE.log(queue, id));
        claim.buried().forEach((id, reason) -> LogMessage.DEAD_LETTER.log(queue, id, reason));
        if (takesNone) {
            release(claim.messages().stream().map(ClaimedMessage::lease).toList());
            synchronized (this) {
                claiming = false;
                notifyAll();
            }
            proceed(); // it may have been resumed meanwhile
            return;
        }
        if (claim.paused()) {
            dueIn(PAUSED_MILLIS);
        }
        claim.dueInMillis().ifPresent(this::dueIn);
        proceed();
    }

    /**
     * As many as lets half of them last three times as long as this claim took, by what listeners have taken meanwhile;
     * no more than configured if messages are large.
     */
    private int aheadAfter(Claim claim) {
        long bytes = claim.messages().stream().mapToLong(m -> m.value().length).sum();
        long average = Math.max(1, bytes / Math.max(1, claim.messages().size()));
        long most = Math.min(FAST * (long) prefetch, FAST_BYTES / average);
        return (int) Math.max(prefetch, Math.min(most, 6L * taken));
    }

    private void await() {
        long seconds = Math.max(1, Math.min(LONGEST_WAIT_SECONDS, leases.leaseMillis() / 2_000));
        operations.awaitReady(queue, Duration.ofSeconds(seconds)).whenComplete((ready, failure) -> waited(failure));
    }

    private void waited(Throwable failure) {
        boolean refused = isRefusal(failure);
        synchronized (this) {
            awaiting = false;
            if (refused) {
                polling = true;
                if (!waitRefused && state == State.RUNNING) {
                    LogMessage.WAIT_REFUSED.log(queue, Failures.describe(failure));
                }
            } else {
                drained = false; // also after a time-out: others' leases may have run out
            }
            waitRefused = refused;
        }
        if (refused) {
            dueIn(REST_MILLIS);
        } else if (failure != null) {
            failed(failure);
        } else {
            proceed();
        }
    }

    /** Whether Redis answered, with an error. */
    private static boolean isRefusal(Throwable failure) {
        return Failures.unwrap(failure) instanceof RedisCallException call && !call.connectionLost();
    }

    private void look() {
        synchronized (this) {
            wakeUp = null;
            drained = false;
            resting = false;
            polling = false;
        }
        proceed();
    }

    /** Gives messages back as if nobody had seen them. Does not block. */
    void release(List<Lease> unseen) {
        if (unseen.isEmpty()) {
            return;
        }
        CompletableFuture<Long> released = operations.release(queue, unseen);
        follow(released);
        released.whenComplete((count, failure) -> unseen.forEach(leases::drop));
    }
}
