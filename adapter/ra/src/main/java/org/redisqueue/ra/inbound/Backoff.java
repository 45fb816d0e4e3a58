// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before something is tried again: longer each time, and not for all at the same time. */
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

    /** How long to wait this time: at least half of what it could be. */
    long nextMillis() {
        long most = Math.min(longestMillis, firstMillis << Math.min(failures, 16));
        failures++;
        return most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
    }

    /** Whether this is the first failure after a success. */
    boolean isFirst() {
        return failures == 0;
    }

    void reset() {
        failures = 0;
    }
}
