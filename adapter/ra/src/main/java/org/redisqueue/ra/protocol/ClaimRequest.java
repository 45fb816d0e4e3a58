// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * A request to claim messages.
 *
 * @param queue the queue to claim from
 * @param limit maximum number of messages, 1 to 1,000
 * @param leaseMillis how long the claim lasts without renewal, 1 to 3,600,000 ms
 * @param maxAbandoned number of abandoned deliveries, 0 to 1,000,000, above which a message is dead-lettered
 * @param maxBytes maximum size of a message in bytes; a larger message is dead-lettered
 * @param maxTotalBytes maximum total size of the claimed messages in bytes; the first message may exceed it
 * @param onExpiry what happens to expired messages
 * @param waiting whether the consumer waits for messages after this claim, and needs to know when one is due
 */
public record ClaimRequest(
        String queue,
        int limit,
        long leaseMillis,
        int maxAbandoned,
        int maxBytes,
        long maxTotalBytes,
        OnExpiry onExpiry,
        Wait waiting) {

    /** When a consumer waits for messages. */
    public enum Wait {
        NEVER(0),
        ALWAYS(1),
        /** If the claim returns no messages. */
        WITHOUT_MESSAGES(2);

        private final int argument;

        Wait(int argument) {
            this.argument = argument;
        }

        /** The value as an argument of the script. */
        int argument() {
            return argument;
        }
    }

    /** Creates a request of a consumer that waits. */
    public ClaimRequest(
            String queue,
            int limit,
            long leaseMillis,
            int maxAbandoned,
            int maxBytes,
            long maxTotalBytes,
            OnExpiry onExpiry) {
        this(queue, limit, leaseMillis, maxAbandoned, maxBytes, maxTotalBytes, onExpiry, Wait.ALWAYS);
    }

    /** Creates a request that drops expired messages and is limited only by the number of messages. */
    public ClaimRequest(String queue, int limit, long leaseMillis, int maxAbandoned, int maxBytes) {
        this(queue, limit, leaseMillis, maxAbandoned, maxBytes, (long) limit * maxBytes, OnExpiry.DROP);
    }

    /** The same request of a consumer that waits in these cases. */
    public ClaimRequest withWaiting(Wait when) {
        return new ClaimRequest(queue, limit, leaseMillis, maxAbandoned, maxBytes, maxTotalBytes, onExpiry, when);
    }
}
