// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Delays between attempts to reach Redis or to get a thread from the container. They grow with each failure, up to a
 * limit, and include a random part so that servers do not retry simultaneously.
 *
 * <p>The delays of redeliveries are determined by {@link org.redisqueue.ra.transaction.RedeliveryPolicy} instead.
 */
final class RetryDelay {

    private static final long INITIAL_MILLIS = 100;
    private static final long MAX_MILLIS = 5_000;

    private final long initialMillis;
    private final long maxMillis;
    private int failures;

    RetryDelay() {
        this(INITIAL_MILLIS, MAX_MILLIS);
    }

    RetryDelay(long initialMillis, long maxMillis) {
        this.initialMillis = initialMillis;
        this.maxMillis = maxMillis;
    }

    /** Returns the next delay, in milliseconds: a random value from half of the current maximum to that maximum. */
    long nextMillis() {
        long max = Math.min(maxMillis, initialMillis << Math.min(failures, 16));
        failures++;
        return jittered(max);
    }

    /** Returns a random value from half of the maximum to the maximum. */
    static long jittered(long max) {
        return max / 2 + ThreadLocalRandom.current().nextLong(max / 2 + 1);
    }

    /** Returns whether there has been no failure since the last success. */
    boolean isFirst() {
        return failures == 0;
    }

    void reset() {
        failures = 0;
    }
}
