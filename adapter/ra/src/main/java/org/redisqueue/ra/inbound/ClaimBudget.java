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

    static final long MIN_BYTES = 64 << 10;
    static final long INITIAL_BYTES = 1 << 20;
    static final long MAX_BYTES = 16 << 20;

    private final long targetNanos;
    private long bytes = INITIAL_BYTES;

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
     * @param cutShort whether the claim stopped because it reached the budget
     * @param nanos duration of the claim, in nanoseconds
     */
    void replied(boolean cutShort, long nanos) {
        if (nanos > targetNanos) {
            bytes = Math.max(MIN_BYTES, bytes / 2);
        } else if (cutShort && nanos < targetNanos / 2) {
            bytes = Math.min(MAX_BYTES, bytes * 2);
        }
    }

    /** Reduces the budget after a claim timed out. */
    void timedOut() {
        bytes = Math.max(MIN_BYTES, bytes / 4);
    }
}
