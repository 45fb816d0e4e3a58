// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Decides which occurrences of a recurring problem belong in the log: the first one, and those for another reason than
 * the one that was logged last, but only one every ten seconds.
 */
final class Reports {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanoTime;
    private String reported;
    private long reportedAt;

    Reports() {
        this(System::nanoTime);
    }

    Reports(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether to log that the problem occurred for this reason; the caller does so if it is true. */
    synchronized boolean isNews(String reason) {
        long now = nanoTime.getAsLong();
        if (reported != null && (reported.equals(reason) || now - reportedAt < INTERVAL_NANOS)) {
            return false;
        }
        reported = reason;
        reportedAt = now;
        return true;
    }

    /** The problem is over: its next occurrence is the first one. Returns whether there was a problem. */
    synchronized boolean over() {
        boolean was = reported != null;
        reported = null;
        return was;
    }
}
