// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * What happens to a message whose {@linkplain OutgoingMessage#deduplicationKey deduplication key} belongs to another
 * message, if the sender learns of this only when its transaction commits.
 *
 * <p>Use the same value for all messages with a key. If they differ, the key still belongs to one message only, but a
 * message with {@link #DROP} can be published before a prepared transaction with {@link #ROLLBACK} commits, which then
 * drops its message.
 */
public enum OnDuplicate {

    /** The transaction commits without the message. The id that {@code send} has returned belongs to no message. */
    DROP,

    /**
     * The transaction rolls back, with everything that it has changed in other resources, such as a database. When the
     * application repeats the transaction, {@code send} returns the id of the message that has the key.
     *
     * <p>A prepared transaction reserves the key. Until it ends, others with the same key roll back; outside of a
     * transaction, {@code send} throws an exception.
     */
    ROLLBACK
}
