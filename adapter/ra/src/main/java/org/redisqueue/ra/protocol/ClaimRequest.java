// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * What a consumer asks for.
 *
 * @param limit how many messages at most, 1 to 1,000
 * @param leaseMillis how long they are its own without a renewal
 * @param maxAbandoned how often a message may have been abandoned and still be delivered
 * @param maxBytes how long a message may be
 */
public record ClaimRequest(String queue, int limit, long leaseMillis, int maxAbandoned, int maxBytes) {}
