// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.util.concurrent.ThreadLocalRandom;

/**
 * When a message whose transaction rolled back is delivered again.
 *
 * @param maxDeliveries after how many failures it is given up
 * @param delayMillis how long to wait after the first failure
 * @param multiplier by what the delay grows with each further failure
 * @param maxDelayMillis how long to wait at most
 */
public record RedeliveryPolicy(int maxDeliveries, long delayMillis, double multiplier, long maxDelayMillis) {

    /** Some messages fail together; they come back up to this part later, each at its own time. */
    private static final double JITTER = 0.1;

    /**
     * How long to wait until the next delivery.
     *
     * @param failures how often it has failed before this time
     */
    public long delayAfter(int failures) {
        double delay = Math.min(maxDelayMillis, delayMillis * Math.pow(multiplier, failures));
        return (long) (delay * (1 + JITTER * ThreadLocalRandom.current().nextDouble()));
    }
}
