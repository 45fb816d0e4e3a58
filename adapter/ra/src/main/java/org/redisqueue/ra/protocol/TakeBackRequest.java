// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * A request to take back failures of a message, and to make it due.
 *
 * @param token the token of the lease that ends, or {@link #WAITING}
 * @param counted the number of failures that the message must have for its failures to be taken back
 * @param remaining the number of failures afterwards, at most {@code counted}
 */
public record TakeBackRequest(String queue, String id, String token, int counted, int remaining) {

    /** Stands for the token of a message that waits for its redelivery. */
    private static final String WAITING = "-";

    /** Requests to take back failures of a message that waits for its redelivery. */
    public static TakeBackRequest ofWaiting(String queue, String id, int counted, int remaining) {
        return new TakeBackRequest(queue, id, WAITING, counted, remaining);
    }

    /** Requests to end a lease, as if the message had not been delivered, and to take back earlier failures. */
    public static TakeBackRequest ofHeld(ClaimedMessage message, int remaining) {
        Lease lease = message.lease();
        return new TakeBackRequest(lease.queue(), lease.id(), lease.token(), message.failures(), remaining);
    }
}
