// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * A message as it was claimed.
 *
 * @param lease the right to complete it
 * @param value what is stored under its id
 * @param failures how often its transaction rolled back before
 * @param abandoned how often its consumer died or lost the lease before
 */
public record ClaimedMessage(Lease lease, byte[] value, int failures, int abandoned) {

    /** How often it is delivered with this time. */
    public int deliveryCount() {
        return 1 + failures + abandoned;
    }
}
