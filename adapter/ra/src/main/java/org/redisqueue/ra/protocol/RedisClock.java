// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Estimates the time of Redis, in seconds of its own clock, from the times that it has reported with its replies. */
final class RedisClock {

    /** A reply that took longer says too little about when Redis read its clock. */
    private static final long PRECISE = Duration.ofMillis(100).toNanos();

    private final LongSupplier nanoTime;
    private volatile Long offsetSeconds;

    RedisClock() {
        this(System::nanoTime);
    }

    RedisClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Notes a time that Redis has reported.
     *
     * @param sentNanos when the call was sent, by {@link System#nanoTime}
     */
    void reported(long redisSeconds, long sentNanos) {
        long now = nanoTime.getAsLong();
        if (offsetSeconds == null || now - sentNanos < PRECISE) {
            offsetSeconds = redisSeconds - TimeUnit.NANOSECONDS.toSeconds(now);
        }
    }

    /** Forgets the estimate, which Redis has contradicted. */
    void reset() {
        offsetSeconds = null;
    }

    /** The time of Redis after a while from now; 0 if it is not known, which is always too late. */
    long after(Duration duration) {
        Long offset = offsetSeconds;
        return offset == null
                ? 0
                : TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong()) + offset + duration.toSeconds();
    }
}
