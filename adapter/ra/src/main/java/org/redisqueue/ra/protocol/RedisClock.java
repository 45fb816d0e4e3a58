// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Estimates the current time on a Redis server from the times in its replies. */
final class RedisClock {

    /** Age at which a reading is replaced by a less precise one, in nanoseconds. */
    private static final long FRESH_NANOS = Duration.ofSeconds(30).toNanos();

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
    void reported(long time, TimeUnit unit, long sent) {
        Reading known = last;
        Reading reading = new Reading(unit.toMillis(time), unit.toMillis(1), sent, nanoTime.getAsLong());
        if (known == null || distrusted || reading.isBetterThan(known)) {
            last = reading;
            distrusted = false;
        }
    }

    /**
     * Records that a call has failed, perhaps because the clock has jumped. {@link #latest} is then unknown until a
     * reply contains the time.
     */
    void distrust() {
        distrusted = true;
    }

    /** Discards the time, because the clock has jumped or a different server has taken over. */
    void forget() {
        last = null;
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
