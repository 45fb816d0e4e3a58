// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.RequestGroup.Waiting;

/**
 * Combines requests from several threads into one call to Redis. While calls are in progress, further requests
 * accumulate for the next call. The more requests share a call, the less each one costs: it pays only a fraction of a
 * round trip and of a write to disk.
 *
 * <p>One call is in progress at a time, or two if the last one took longer than a millisecond, as on a slow disk or
 * network: the second call then reaches Redis before the first has finished. Requests do not wait for a call that
 * appears to be stuck, as long as fewer than {@value RequestGroup#MAX_CALLS} calls are in progress. The next call waits
 * for the threads that the last one has answered and for those that waited at its end. After that call has ended, it
 * waits no longer than the call took, and at most one millisecond. While requests are waiting, a timer watches them: it
 * starts a call when those in progress appear to be stuck, and rejects requests that have waited too long.
 *
 * <p>Each request has its own result, see {@link SharedCalls}.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of their results
 */
final class GroupCommit<Q extends GroupCommit.Request, R> {

    private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** How long requests wait for others at most, after a call has ended. */
    private static final long MAX_GATHERING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** How long requests wait while the maximum number of calls is stuck. */
    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A request that can share a call with others. */
    interface Request {

        /** A queue whose keys the request uses. */
        String home();

        /**
         * The number of bytes that the request makes Redis store. Requests that store anything are the first of a call,
         * because Redis may refuse them.
         */
        long bytes();
    }

    /**
     * Executes requests in one call. If Redis replies with an error, either none of them was executed, or all of them
     * can be repeated.
     */
    interface Call<Q, R> {
        CompletableFuture<List<R>> of(List<Q> requests);
    }

    private final boolean cluster;
    private final boolean gathering;
    private final ScheduledExecutorService timer;
    private final long stuckNanos;
    private final long maxGatheringNanos;
    private final long maxWaitNanos;
    private final SharedCalls<Q, R> calls;
    private final ConcurrentMap<String, RequestGroup<Q, R>> groups = new ConcurrentHashMap<>();
    private volatile @Nullable RedisCallException closed;

    /**
     * Creates a group commit whose requests wait briefly for further ones.
     *
     * @param cluster whether queues may be on different servers, which require separate calls
     * @param timer runs tasks that do not block
     */
    GroupCommit(boolean cluster, ScheduledExecutorService timer, Call<Q, R> call) {
        this(cluster, true, timer, STUCK_NANOS, MAX_GATHERING_NANOS, MAX_WAIT_NANOS, call);
    }

    /**
     * Creates a group commit whose requests accumulate only while calls are in progress, so that a request never
     * blocks.
     */
    static <Q extends Request, R> GroupCommit<Q, R> withoutGathering(
            boolean cluster, ScheduledExecutorService timer, Call<Q, R> call) {
        return new GroupCommit<>(cluster, false, timer, STUCK_NANOS, MAX_GATHERING_NANOS, MAX_WAIT_NANOS, call);
    }

    /**
     * @param gathering whether a request waits briefly for further ones
     * @param stuckNanos after how many nanoseconds requests no longer wait for a call
     * @param maxGatheringNanos how long a request waits for others at most, after a call has ended, in nanoseconds; twice as
     *     long if a call is in progress, after which it waits only for the end of that call
     * @param maxWaitNanos maximum time that a request waits for its call, in nanoseconds
     */
    GroupCommit(
            boolean cluster,
            boolean gathering,
            ScheduledExecutorService timer,
            long stuckNanos,
            long maxGatheringNanos,
            long maxWaitNanos,
            Call<Q, R> call) {
        this.cluster = cluster;
        this.gathering = gathering;
        this.timer = timer;
        this.stuckNanos = stuckNanos;
        this.maxGatheringNanos = maxGatheringNanos;
        this.maxWaitNanos = maxWaitNanos;
        this.calls = new SharedCalls<>(call);
    }

    /** Makes a request. Blocks briefly if other threads are likely to make requests as well. */
    CompletableFuture<R> ask(Q request) {
        Waiting<Q, R> waiting = new Waiting<>(request, request.bytes(), System.nanoTime(), new CompletableFuture<>());
        RequestGroup<Q, R> group = groups.computeIfAbsent(
                cluster ? request.home() : "", name -> new RequestGroup<>(stuckNanos, maxGatheringNanos));
        List<Waiting<Q, R>> begun;
        boolean first;
        synchronized (group) {
            if (closed != null) {
                return CompletableFuture.failedFuture(closed);
            }
            group.add(waiting);
            first = group.waiting.size() == 1;
            begun = isDue(group) ? group.begin() : List.of();
            watch(group);
        }
        if (!begun.isEmpty()) {
            call(group, begun);
        } else if (first && gathering) {
            gather(group, waiting);
        }
        return waiting.result();
    }

    /** Whether the waiting requests need not wait for more. */
    private boolean isDue(RequestGroup<Q, R> group) {
        return group.gathered || !gathering || group.isComplete();
    }

    /**
     * Rejects further requests, and those that are waiting for a call.
     *
     * @param reason the failure of these requests, which states that they were certainly not executed
     */
    void close(RedisCallException reason) {
        closed = reason;
        for (RequestGroup<Q, R> group : groups.values()) {
            List<Waiting<Q, R>> refused;
            synchronized (group) {
                refused = List.copyOf(group.waiting);
                group.waiting.clear();
            }
            refused.forEach(each -> each.result().completeExceptionally(reason));
        }
    }

    /**
     * Lets the first request wait for more. The last one starts the call, or the reply to the call in progress does. If it
     * does not arrive in time, the first one does.
     */
    private void gather(RequestGroup<Q, R> group, Waiting<Q, R> first) {
        List<Waiting<Q, R>> begun;
        try {
            begun = gathered(group, first);
        } catch (RuntimeException | Error e) { // memory is exhausted; the next reply or request starts the call
            synchronized (group) {
                group.gathered = true;
            }
            throw e;
        }
        call(group, begun);
    }

    @SuppressWarnings("ReferenceEquality") // is this very request still the first?
    private List<Waiting<Q, R>> gathered(RequestGroup<Q, R> group, Waiting<Q, R> first) {
        Thread thread = Thread.currentThread();
        first.result().whenComplete((result, failure) -> LockSupport.unpark(thread));
        long end = System.nanoTime() + 2 * maxGatheringNanos;
        while (true) {
            long left;
            synchronized (group) {
                if (group.waiting.peek() != first) {
                    return List.of(); // another request or the reply has started the call
                }
                long now = System.nanoTime();
                left = Math.min(group.patienceNanos(first.since(), now), end - now);
                if (left <= 0) {
                    group.gathered = true;
                    return group.begin();
                }
            }
            park(first, left);
        }
    }

    /**
     * Lets the timer check the waiting requests, because there may be neither a reply nor another request to start a
     * call.
     */
    private void watch(RequestGroup<Q, R> group) {
        if (group.watched || group.waiting.isEmpty()) {
            return;
        }
        try {
            timer.schedule(() -> checkWaiting(group), stuckNanos, TimeUnit.NANOSECONDS);
            group.watched = true;
        } catch (RuntimeException | Error e) {
            // Memory is exhausted, or the adapter is stopping: the gathering thread or the next request starts the
            // call, or close() rejects the request.
        }
    }

    private void checkWaiting(RequestGroup<Q, R> group) {
        List<Waiting<Q, R>> refused;
        List<Waiting<Q, R>> begun;
        synchronized (group) {
            group.watched = false;
            refused = group.takeOlderThan(maxWaitNanos);
            watch(group);
        }
        refuse(refused);
        synchronized (group) {
            begun = group.begin();
        }
        call(group, begun);
    }

    /** Rejects requests that were not sent because the maximum number of calls is stuck. */
    private void refuse(List<Waiting<Q, R>> refused) {
        RedisCallException reason =
                RedisCallException.notExecuted("group commit", "Redis has not replied to the calls before it");
        refused.forEach(each -> each.result().completeExceptionally(reason));
    }

    private static void park(Waiting<?, ?> waiting, long nanos) {
        long end = System.nanoTime() + nanos;
        boolean interrupted = Thread.interrupted();
        for (long left = nanos; left > 0 && !waiting.result().isDone(); left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void call(RequestGroup<Q, R> group, List<Waiting<Q, R>> begun) {
        if (begun.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        calls.start(begun).whenComplete((results, failure) -> {
            try {
                if (failure != null) {
                    calls.fail(begun, failure); // first, because the rest may take long
                }
            } finally {
                try {
                    callNext(group, System.nanoTime() - start, begun.size());
                } finally {
                    if (failure == null) {
                        calls.succeed(begun, results); // last, so that Redis already has work
                    }
                }
            }
        });
    }

    private void callNext(RequestGroup<Q, R> group, long nanos, int requests) {
        List<Waiting<Q, R>> next;
        synchronized (group) {
            group.ended(nanos, requests);
            next = isDue(group) ? group.begin() : List.of();
        }
        call(group, next);
    }
}
