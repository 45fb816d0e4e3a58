// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Queues the requests that can share a call, and selects those of the next call. Callers hold the monitor of the group.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of their results
 */
final class RequestGroup<Q extends GroupCommit.Request, R> {

    static final int MAX_CALLS = 4;

    private static final int MAX_REQUESTS = 128;
    private static final long MAX_BYTES = 1 << 20;

    /** A request that waits for its call, and the number of bytes that it makes Redis store. */
    record Waiting<Q, R>(Q request, long bytes, long since, CompletableFuture<R> result) {}

    private final long stuckNanos;
    private final long maxGatheringNanos;

    final Deque<Waiting<Q, R>> waiting = new ArrayDeque<>();
    private long waitingBytes;
    int calls;
    private int expected;
    private long lastBegun;
    private long lastEnded = System.nanoTime();
    private long lastNanos;

    /** Whether the waiting requests have already waited for further ones, so that the next call need not wait. */
    boolean gathered;

    /** Whether the timer is going to check the waiting requests. */
    boolean watched;

    /**
     * @param stuckNanos after how many nanoseconds requests no longer wait for a call
     * @param maxGatheringNanos how long requests wait for others at most, after a call has ended, in nanoseconds
     */
    RequestGroup(long stuckNanos, long maxGatheringNanos) {
        this.stuckNanos = stuckNanos;
        this.maxGatheringNanos = maxGatheringNanos;
    }

    void add(Waiting<Q, R> request) {
        waiting.add(request);
        waitingBytes += request.bytes;
    }

    private Waiting<Q, R> poll() {
        Waiting<Q, R> first = waiting.remove();
        waitingBytes -= first.bytes;
        return first;
    }

    /** Whether as many requests are waiting as are likely to be made, or fit into a call. */
    boolean isComplete() {
        return isAsExpected(waiting.size()) || waitingBytes >= MAX_BYTES;
    }

    private boolean isAsExpected(int requests) {
        return requests >= Math.min(expected, MAX_REQUESTS);
    }

    private boolean hasEnoughCallsInProgress(long now) {
        return calls >= MAX_CALLS || calls >= (lastNanos > maxGatheringNanos ? 2 : 1) && now - lastBegun < stuckNanos;
    }

    /**
     * How long a request that was made at this time waits for others, in nanoseconds from now. It waits as long as the last
     * call took, up to the maximum, from the end of that call, because the threads whose requests have shared a
     * call make the next ones at about the same time. While a call is in progress, this is the time until the next look.
     */
    long patienceNanos(long since, long now) {
        long patience = Math.min(lastNanos, maxGatheringNanos);
        return calls > 0 ? patience : Math.max(since - now, lastEnded - now) + patience;
    }

    /** Takes the requests of the next call, if any are waiting and not enough calls are in progress. */
    List<Waiting<Q, R>> begin() {
        long now = System.nanoTime();
        if (waiting.isEmpty() || hasEnoughCallsInProgress(now)) {
            return List.of();
        }
        List<Waiting<Q, R>> next = next();
        for (int i = 0; i < next.size(); i++) {
            poll();
        }
        next.sort(Comparator.comparing(each -> each.bytes == 0));
        gathered = !waiting.isEmpty(); // the remaining requests have already waited for others
        lastBegun = now;
        calls++;
        return next;
    }

    /** As many requests as fit into one call, in the order of their arrival. */
    private List<Waiting<Q, R>> next() {
        List<Waiting<Q, R>> next = new ArrayList<>();
        long bytes = 0;
        for (Waiting<Q, R> each : waiting) {
            bytes += each.bytes;
            if (next.size() == MAX_REQUESTS || bytes > MAX_BYTES && !next.isEmpty()) {
                break;
            }
            next.add(each);
        }
        return next;
    }

    /**
     * Records the end of a call. The next call waits for the threads that wait now and for those that this call answers. If
     * this call has waited for more requests than it carried, the next one waits only for as many as it carried or as wait
     * now.
     *
     * @param nanos how long the call took
     * @param requests how many requests it carried
     */
    void ended(long nanos, int requests) {
        lastNanos = nanos;
        lastEnded = System.nanoTime();
        calls--;
        expected = isAsExpected(requests) ? requests + waiting.size() : Math.max(requests, waiting.size());
    }

    /** Removes the requests that have waited longer than this. */
    List<Waiting<Q, R>> takeOlderThan(long nanos) {
        long now = System.nanoTime();
        List<Waiting<Q, R>> taken = new ArrayList<>();
        while (!waiting.isEmpty() && now - waiting.peek().since > nanos) {
            taken.add(poll());
        }
        gathered &= !waiting.isEmpty();
        return taken;
    }
}
