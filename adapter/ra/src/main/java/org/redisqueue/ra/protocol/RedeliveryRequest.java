// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * A request to redeliver a message after a failure or to dead-letter it.
 *
 * @param lease the lease on the message
 * @param delayMillis redelivery delay in milliseconds, 0 to 31,536,000,000
 * @param maxDeliveries number of failures after which the message is dead-lettered; 0, which only {@link #deadLetter}
 *     passes, dead-letters it now
 * @param reason why the delivery failed
 */
record RedeliveryRequest(Lease lease, long delayMillis, int maxDeliveries, String reason)
        implements GroupCommit.Request {

    /** Creates a request to dead-letter a message, regardless of the number of its failures. */
    static RedeliveryRequest deadLetter(Lease lease, String reason) {
        return new RedeliveryRequest(lease, 0, 0, reason);
    }

    boolean isDeadLetter() {
        return maxDeliveries == 0;
    }

    @Override
    public String home() {
        return lease.queue();
    }

    @Override
    public long bytes() {
        return 0;
    }
}
