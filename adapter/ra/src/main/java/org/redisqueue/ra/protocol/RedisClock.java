// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Estimates what the clock of a Redis server shows, from the times in its replies. */
final class RedisClock {

    /** A less precise time replaces one that is older than this. */
    private static final long FRESH = Duration.ofSeconds(30).toNanos();

    /**
     * A time in a reply. The server has read its clock between the call and the reply.
     *
     * @param unit precision of the time, in milliseconds
     */
    private record Reading(long millis, long unit, long sent, long received) {

        private long uncertaintyNanos() {
            return received - sent + TimeUnit.MILLISECONDS.toNanos(unit);
        }

        private boolean isBetterThan(Reading other) {
            return uncertaintyNanos() <= other.uncertaintyNanos() || received - other.received > FRESH;
        }
    }

    private final LongSupplier nanoTime;
    private volatile Reading last;
    private volatile boolean distrusted;

    RedisClock() {
        this(System::nanoTime);
    }

    RedisClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * A reply has told the time.
     *
     * @param sent when the call was sent, by {@link System#nanoTime}
     */
    void reported(long time, TimeUnit unit, long sent) {
        Reading known = last;
        Reading reading = new Reading(unit.toMillis(time), unit.toMillis(1), sent, nanoTime.getAsLong());
        if (known == null || distrusted || reading.isBetterThan(known)) {
            last = reading;
            distrusted = false;
        }
    }

    /** A call has failed, perhaps because the clock has jumped: {@link #latest} is not known until a reply tells the time. */
    void distrust() {
        distrusted = true;
    }

    /** The clock has jumped, or it is the one of another server by now. */
    void forget() {
        last = null;
    }

    /** What the clock shows now at least, in milliseconds; empty if that is not known. */
    OptionalLong earliest() {
        Reading known = last;
        return known == null ? OptionalLong.empty() : OptionalLong.of(known.millis + millisSince(known.received));
    }

    /** What the clock shows now at most, in milliseconds; empty if that is not known. */
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
