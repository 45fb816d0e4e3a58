// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * What a consumer asks for.
 *
 * @param limit maximum number of messages, 1 to 1,000
 * @param leaseMillis how long the consumer owns them without a renewal
 * @param maxAbandoned how often a message may have been abandoned and still be delivered
 * @param maxBytes maximum size of a message
 * @param maxTotalBytes maximum size of all messages; the first one may be larger
 */
public record ClaimRequest(
        String queue,
        int limit,
        long leaseMillis,
        int maxAbandoned,
        int maxBytes,
        long maxTotalBytes,
        OnExpiry onExpiry) {

    /** Drops expired messages, and bounds the claim by the number of messages alone. */
    public ClaimRequest(String queue, int limit, long leaseMillis, int maxAbandoned, int maxBytes) {
        this(queue, limit, leaseMillis, maxAbandoned, maxBytes, (long) limit * maxBytes, OnExpiry.DROP);
    }
}
