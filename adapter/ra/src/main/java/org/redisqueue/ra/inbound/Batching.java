// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Decides when claimed messages become a batch. A full batch is ready at once. A smaller one is ready when the queue has
 * no further messages, and its first message has waited long enough, or if waiting gains nothing.
 *
 * <p>Not thread-safe.
 */
final class Batching {

    private final int size;
    private final long waitNanos;
    private final Deque<Arrival> arrivals = new ArrayDeque<>();

    /** Messages that arrived at the same time. */
    private static final class Arrival {

        private final long nanos;
        private int left;

        private Arrival(long nanos, int left) {
            this.nanos = nanos;
            this.left = left;
        }
    }

    /**
     * @param size maximum number of messages in a batch
     * @param waitMillis maximum time to collect messages after the first one
     */
    Batching(int size, int waitMillis) {
        this.size = size;
        this.waitNanos = TimeUnit.MILLISECONDS.toNanos(waitMillis);
    }

    int size() {
        return size;
    }

    /** Records that messages wait for a worker. */
    void added(int messages, long now) {
        if (waitNanos > 0 && messages > 0) {
            arrivals.add(new Arrival(now, messages));
        }
    }

    /** Records that the first messages no longer wait. */
    void taken(int messages) {
        int left = messages;
        while (left > 0 && !arrivals.isEmpty()) {
            Arrival first = arrivals.getFirst();
            int part = Math.min(left, first.left);
            first.left -= part;
            left -= part;
            if (first.left == 0) {
                arrivals.removeFirst();
            }
        }
    }

    /**
     * Returns the number of calls of the listener for which messages wait.
     *
     * @param claiming whether a claim is in progress that is expected to succeed
     * @param hurried whether messages do not wait for others: single ones are delivered, or no further ones may be claimed
     */
    int calls(ClaimBuffer buffer, boolean claiming, boolean hurried, long now) {
        if (size == 1) {
            return buffer.size();
        }
        boolean large = buffer.bytes() >= ClaimBudget.MAX_BYTES;
        int ready = ready(buffer.size(), claiming && !large, now);
        boolean complete = buffer.size() > 0 && (large || hurried || buffer.hasAbandoned());
        return ready == 0 && complete ? 1 : ready;
    }

    private int ready(int buffered, boolean mayGrow, long now) {
        boolean incomplete = buffered % size > 0;
        return buffered / size + (incomplete && !mayGrow && waitMillis(buffered, now) == 0 ? 1 : 0);
    }

    /** Returns how long the first waiting message still waits for others; 0 if it need not wait. */
    long waitMillis(int buffered, long now) {
        if (arrivals.isEmpty() || buffered >= size) {
            return 0;
        }
        long left = arrivals.getFirst().nanos + waitNanos - now;
        return left <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(left) + 1;
    }
}
