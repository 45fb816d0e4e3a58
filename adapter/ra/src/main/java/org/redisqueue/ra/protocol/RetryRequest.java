// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * A message to be delivered again, or to become a dead letter.
 *
 * @param delayMillis when it is due again
 * @param maxDeliveries after how many failures it becomes a dead letter; 0 = now
 * @param reason why it failed
 */
record RetryRequest(Lease lease, long delayMillis, int maxDeliveries, String reason) implements GroupCommit.Request {

    @Override
    public String home() {
        return lease.queue();
    }

    @Override
    public long bytes() {
        return 0;
    }
}
