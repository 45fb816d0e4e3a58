// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * A message that was claimed.
 *
 * @param lease the lease on the message
 * @param value the value stored under the id: the headers and the body
 * @param failures number of earlier deliveries that ended with a rollback
 * @param abandoned number of earlier deliveries whose consumer died or lost the lease
 */
public record ClaimedMessage(Lease lease, byte[] value, int failures, int abandoned) {

    /** The number of deliveries of the message, including this one. */
    public int deliveryCount() {
        return 1 + failures + abandoned;
    }
}
