// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Queues the requests that can share a call, and selects those of the next call. Callers hold the monitor of the group.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of their results
 */
final class RequestGroup<Q extends GroupCommit.Request, R> {

    static final int MAX_CALLS = 4;

    private static final long SLOW_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
    private static final int MAX_REQUESTS = 128;
    private static final long MAX_BYTES = 1 << 20;

    /** A request that waits for its call, and the number of bytes that it makes Redis store. */
    record Waiting<Q, R>(Q request, long bytes, long since, CompletableFuture<R> result) {}

    private final long stuckNanos;

    final Deque<Waiting<Q, R>> waiting = new ArrayDeque<>();
    int calls;
    private int lastRequests;
    private long lastBegun;
    long lastNanos;

    /** Whether the waiting requests have already waited for further ones, so that the next call need not wait. */
    boolean gathered;

    /** Whether the timer is going to check the waiting requests. */
    boolean watched;

    RequestGroup(long stuckNanos) {
        this.stuckNanos = stuckNanos;
    }

    boolean isComplete() {
        return waiting.size() >= lastRequests;
    }

    private boolean hasEnoughCallsInProgress(long now) {
        return calls >= MAX_CALLS || calls >= (lastNanos > SLOW_NANOS ? 2 : 1) && now - lastBegun < stuckNanos;
    }

    /** Takes the requests of the next call, if any are waiting and not enough calls are in progress. */
    List<Waiting<Q, R>> begin() {
        long now = System.nanoTime();
        if (waiting.isEmpty() || hasEnoughCallsInProgress(now)) {
            return List.of();
        }
        List<Waiting<Q, R>> next = next();
        for (int i = 0; i < next.size(); i++) {
            waiting.poll();
        }
        next.sort(Comparator.comparing(each -> each.bytes == 0));
        gathered = !waiting.isEmpty(); // the remaining requests have already waited for others
        lastBegun = now;
        lastRequests = next.size();
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

    /** Records the end of a call that took this long. */
    void ended(long nanos) {
        lastNanos = nanos;
        calls--;
    }

    /** Removes the requests that have waited longer than this. */
    List<Waiting<Q, R>> takeOlderThan(long nanos) {
        long now = System.nanoTime();
        List<Waiting<Q, R>> taken = new ArrayList<>();
        while (!waiting.isEmpty() && now - waiting.peek().since > nanos) {
            taken.add(waiting.poll());
        }
        gathered &= !waiting.isEmpty();
        return taken;
    }
}
