// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Determines when a message is redelivered after a failure, and after how many failures it becomes a dead letter.
 *
 * @param maxDeliveries number of failures after which the message becomes a dead letter
 * @param delayMillis redelivery delay after the first failure, in milliseconds
 * @param multiplier factor by which the delay grows with each further failure
 * @param maxDelayMillis maximum redelivery delay, in milliseconds, before the random addition
 */
public record RedeliveryPolicy(int maxDeliveries, long delayMillis, double multiplier, long maxDelayMillis) {

    /** The policy of an activation with default values; also applies to messages that an application receives. */
    public static final RedeliveryPolicy DEFAULT = new RedeliveryPolicy(5, 1_000, 2, 300_000);

    /**
     * Maximum random addition to a delay, as a fraction of it, so that messages that fail together come back at
     * different times.
     */
    private static final double JITTER = 0.1;

    /**
     * Returns the redelivery delay, in milliseconds.
     *
     * @param failures number of failures of the message before the current one
     */
    public long delayAfter(int failures) {
        return (long) (exactDelayAfter(failures)
                * (1 + JITTER * ThreadLocalRandom.current().nextDouble()));
    }

    /**
     * Returns the redelivery delay without the random addition, in milliseconds.
     *
     * @param failures number of failures of the message before the current one
     */
    public long exactDelayAfter(int failures) {
        return (long) Math.min((double) maxDelayMillis, delayMillis * Math.pow(multiplier, failures));
    }
}
