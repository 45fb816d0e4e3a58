// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Follows the clock of a Redis server by means of the times in its replies. */
final class RedisClock {

    /** Age at which a reading is replaced by a less precise one, in nanoseconds. */
    private static final long FRESH_NANOS = Duration.ofSeconds(30).toNanos();

    /** A larger deviation from the expected time is a jump, in milliseconds. The clocks of two machines drift. */
    private static final long DRIFT_MILLIS = 1_000;

    /**
     * A time in a reply. The server read its clock between the call and the reply.
     *
     * @param unit the precision of the time, in milliseconds
     */
    private record Reading(long millis, long unit, long sent, long received) {

        private long uncertaintyNanos() {
            return received - sent + TimeUnit.MILLISECONDS.toNanos(unit);
        }

        private boolean isBetterThan(Reading other) {
            return uncertaintyNanos() <= other.uncertaintyNanos() || received - other.received > FRESH_NANOS;
        }
    }

    private final LongSupplier nanoTime;
    private volatile @Nullable Reading last;
    private volatile boolean distrusted;
    private volatile long jumped;

    RedisClock() {
        this(System::nanoTime);
    }

    RedisClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Records the time in a reply.
     *
     * @param sent the {@link System#nanoTime} at which the call was sent
     */
    synchronized void reported(long time, TimeUnit unit, long sent) {
        Reading known = last;
        Reading reading = new Reading(unit.toMillis(time), unit.toMillis(1), sent, nanoTime.getAsLong());
        long jump = known == null ? 0 : jump(known, reading);
        jumped += jump;
        if (known == null || jump != 0 || distrusted || reading.isBetterThan(known)) {
            last = reading;
            distrusted = false;
        }
    }

    /** The least jump that explains the difference between two readings, in milliseconds; 0 if it may be drift. */
    private static long jump(Reading known, Reading reading) {
        long earliest = known.millis + TimeUnit.NANOSECONDS.toMillis(reading.sent - known.received);
        long latest = known.millis + known.unit + TimeUnit.NANOSECONDS.toMillis(reading.received - known.sent);
        long forward = reading.millis - latest;
        long back = reading.millis + reading.unit - earliest;
        if (forward > DRIFT_MILLIS) {
            return forward;
        }
        return back < -DRIFT_MILLIS ? back : 0;
    }

    /**
     * By how much the clock has jumped in total, in milliseconds; negative if back. A suspended virtual machine of this
     * process looks like a jump forward.
     */
    long jumpedMillis() {
        return jumped;
    }

    /**
     * Records that a call has failed, perhaps because the clock has jumped. {@link #latest} is then unknown until a
     * reply contains the time.
     */
    void distrust() {
        distrusted = true;
    }

    /** Whether a call has failed since the last reply that contained the time. */
    boolean isDistrusted() {
        return distrusted;
    }

    /** The earliest possible current time on the server, in milliseconds; empty if unknown. */
    OptionalLong earliest() {
        Reading known = last;
        return known == null ? OptionalLong.empty() : OptionalLong.of(known.millis + millisSince(known.received));
    }

    /** The latest possible current time on the server, in milliseconds; empty if unknown. */
    OptionalLong latest() {
        Reading known = last;
        return known == null || distrusted
                ? OptionalLong.empty()
                : OptionalLong.of(known.millis + known.unit + millisSince(known.sent));
    }

    private long millisSince(long moment) {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - moment);
    }
}
