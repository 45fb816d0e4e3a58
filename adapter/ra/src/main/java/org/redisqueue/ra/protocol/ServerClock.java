// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.concurrent.TimeUnit;

/** Estimates what the clock of a Redis server shows, from the times in its replies. */
final class ServerClock {

    private record Reading(long serverMillis, long nanoTime) {}

    private volatile Reading last;

    /**
     * A reply has told the time.
     *
     * @param nanoTime when the call was sent: the server has read its clock since
     */
    void read(long serverMillis, long nanoTime) {
        last = new Reading(serverMillis, nanoTime);
    }

    /** The clock may have jumped, or it is the one of another server by now. */
    void forget() {
        last = null;
    }

    /** What the clock shows at most at this time of {@link System#nanoTime}; 0 = not known. */
    long latest(long nanoTime) {
        Reading known = last;
        return known == null ? 0 : known.serverMillis + TimeUnit.NANOSECONDS.toMillis(nanoTime - known.nanoTime) + 1;
    }
}
