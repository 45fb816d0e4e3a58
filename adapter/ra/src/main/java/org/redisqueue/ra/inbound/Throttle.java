// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.redisqueue.ra.protocol.ClaimLimits;

/**
 * Holds claims back while the limits of the queue permit no further message. If consumers hold as many messages as the
 * queue permits, the next claim follows when a delivery of this consumer has ended, or after a second: those of other
 * servers may have ended.
 *
 * <p>Not thread-safe.
 */
final class Throttle {

    static final long FULL_MILLIS = 1_000;

    private final LongSupplier ended;
    private final LongSupplier nanoTime;
    private boolean resting;
    private long restsUntil;
    private boolean full;
    private boolean wasFull;
    private boolean refused;
    private long fullUntil;
    private long endedBefore;

    /**
     * @param ended the number of deliveries of this consumer that have ended
     * @param nanoTime the current {@link System#nanoTime}
     */
    Throttle(LongSupplier ended, LongSupplier nanoTime) {
        this.ended = ended;
        this.nanoTime = nanoTime;
    }

    /** Records that a claim begins. A delivery that ends from now on may permit another one. */
    void claimStarted() {
        endedBefore = ended.getAsLong();
    }

    /**
     * Records the reply to the claim.
     *
     * @param found number of messages that it has found
     */
    void claimed(ClaimLimits limits, int found) {
        resting = limits.restMillis() > 0;
        full = limits.full();
        wasFull = full;
        refused = full && found == 0;
        if (resting || full) {
            long now = nanoTime.getAsLong();
            restsUntil = now + TimeUnit.MILLISECONDS.toNanos(limits.restMillis());
            fullUntil = now + TimeUnit.MILLISECONDS.toNanos(FULL_MILLIS);
        }
    }

    /** Returns the time during which no messages are to be claimed, in milliseconds; 0 if a claim is permitted now. */
    long restMillis() {
        if (!resting && !full) {
            return 0;
        }
        long now = nanoTime.getAsLong();
        resting &= restsUntil - now > 0;
        full &= fullUntil - now > 0 && ended.getAsLong() == endedBefore;
        long nanos = Math.max(resting ? restsUntil - now : 0, full ? fullUntil - now : 0);
        return nanos == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    }

    /** Returns whether the last claim has found that consumers hold as many messages as the queue permits. */
    boolean wasFull() {
        return wasFull;
    }

    /** Returns whether the last claim got nothing for this reason. */
    boolean isRefused() {
        return refused;
    }
}
