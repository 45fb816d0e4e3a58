// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.log;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which occurrences of a recurring problem to log: the first one, and each one with a new reason, at most one
 * every ten seconds. The same reason is logged again after a configured time, or never.
 */
public final class RecurringProblem {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanoTime;
    private final long repeatNanos;
    private @Nullable String reported;
    private long reportedAt;

    /** Logs the same reason only once, until the problem is {@linkplain #ended over}. */
    public RecurringProblem() {
        this(System::nanoTime, Duration.ofNanos(Long.MAX_VALUE));
    }

    /** @param repeat time after which the same reason is logged again */
    public RecurringProblem(Duration repeat) {
        this(System::nanoTime, repeat);
    }

    RecurringProblem(LongSupplier nanoTime, Duration repeat) {
        this.nanoTime = nanoTime;
        this.repeatNanos = repeat.toNanos();
    }

    /** Returns whether to log that the problem occurred for this reason. If so, the caller must log it. */
    public synchronized boolean shouldReport(String reason) {
        long now = nanoTime.getAsLong();
        if (reported != null && now - reportedAt < (reported.equals(reason) ? repeatNanos : INTERVAL_NANOS)) {
            return false;
        }
        reported = reason;
        reportedAt = now;
        return true;
    }

    /**
     * Records that the problem is over, so that its next occurrence counts as the first one. Returns whether there was
     * a problem.
     */
    public synchronized boolean ended() {
        boolean was = reported != null;
        reported = null;
        return was;
    }
}
