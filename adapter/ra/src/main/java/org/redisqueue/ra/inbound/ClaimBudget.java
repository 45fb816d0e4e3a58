// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.TimeUnit;

/**
 * Limits the number of bytes that one claim returns. The reply to a claim must arrive within the response timeout.
 * Otherwise its messages are claimed, but no consumer delivers them until their lease ends. The budget therefore starts
 * small and adapts to what the connection transfers in a quarter of the available time.
 *
 * <p>Not thread-safe.
 */
final class ClaimBudget {

    static final long SMALLEST = 64 << 10;
    static final long FIRST = 1 << 20;
    static final long LARGEST = 16 << 20;

    private final long targetNanos;
    private long bytes = FIRST;

    /** @param availableMillis time within which the reply to a claim must arrive, in milliseconds */
    ClaimBudget(long availableMillis) {
        targetNanos = TimeUnit.MILLISECONDS.toNanos(availableMillis) / 4;
    }

    long bytes() {
        return bytes;
    }

    /**
     * Adapts the budget to a reply.
     *
     * @param cutShort whether the budget ended the claim
     * @param nanos duration of the claim, in nanoseconds
     */
    void replied(boolean cutShort, long nanos) {
        if (nanos > targetNanos) {
            bytes = Math.max(SMALLEST, bytes / 2);
        } else if (cutShort && nanos < targetNanos / 2) {
            bytes = Math.min(LARGEST, bytes * 2);
        }
    }

    /** Reduces the budget, because no reply arrived in time. */
    void timedOut() {
        bytes = Math.max(SMALLEST, bytes / 4);
    }
}
