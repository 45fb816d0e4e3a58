// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * A message that was claimed.
 *
 * @param lease the lease on the message
 * @param value the value stored under the id: the headers and the body
 * @param failures how many times its transaction was rolled back before
 * @param abandoned how many times its consumer died or lost the lease before
 */
public record ClaimedMessage(Lease lease, byte[] value, int failures, int abandoned) {

    /** The number of deliveries of the message, including this one. */
    public int deliveryCount() {
        return 1 + failures + abandoned;
    }
}
