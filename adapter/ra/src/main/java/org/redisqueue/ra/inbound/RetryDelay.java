// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Delays between attempts. They grow with each failure, up to a limit, and have a random part so that not everyone
 * tries again at the same time.
 */
final class Backoff {

    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 5_000;

    private final long firstMillis;
    private final long longestMillis;
    private int failures;

    Backoff() {
        this(FIRST_MILLIS, LONGEST_MILLIS);
    }

    Backoff(long firstMillis, long longestMillis) {
        this.firstMillis = firstMillis;
        this.longestMillis = longestMillis;
    }

    /** Returns the next delay, in milliseconds: a random value from half of the current maximum to that maximum. */
    long nextMillis() {
        long most = Math.min(longestMillis, firstMillis << Math.min(failures, 16));
        failures++;
        return most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
    }

    /** Returns whether there has been no failure since the last success. */
    boolean isFirst() {
        return failures == 0;
    }

    void reset() {
        failures = 0;
    }
}
