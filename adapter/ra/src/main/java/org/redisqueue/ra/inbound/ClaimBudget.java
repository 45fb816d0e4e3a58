// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.TimeUnit;

/**
 * How many bytes one claim may bring. The reply to a claim must arrive within the response timeout, or its messages are
 * claimed, and no consumer delivers them until their lease ends. The budget therefore starts small and follows what the connection
 * carries in a quarter of the available time.
 *
 * <p>Not thread-safe.
 */
final class ClaimBudget {

    static final long SMALLEST = 64 << 10;
    static final long FIRST = 1 << 20;
    static final long LARGEST = 16 << 20;

    private final long targetNanos;
    private long bytes = FIRST;

    /** @param availableMillis within what time the reply to a claim must arrive */
    ClaimBudget(long availableMillis) {
        targetNanos = TimeUnit.MILLISECONDS.toNanos(availableMillis) / 4;
    }

    long bytes() {
        return bytes;
    }

    /**
     * A reply has arrived.
     *
     * @param cutShort whether the budget was what ended the claim
     * @param nanos how long the claim took
     */
    void replied(boolean cutShort, long nanos) {
        if (nanos > targetNanos) {
            bytes = Math.max(SMALLEST, bytes / 2);
        } else if (cutShort && nanos < targetNanos / 2) {
            bytes = Math.min(LARGEST, bytes * 2);
        }
    }

    /** No reply has arrived in time. */
    void timedOut() {
        bytes = Math.max(SMALLEST, bytes / 4);
    }
}
