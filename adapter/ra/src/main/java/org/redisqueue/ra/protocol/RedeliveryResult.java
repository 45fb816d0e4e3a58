// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** The outcome of a request to redeliver or to dead-letter a message. */
public enum RedeliveryResult {
    /** The message waits for its redelivery. */
    WAITING,
    /** The message is a dead letter. */
    DEAD,
    /**
     * The lease was lost, or the message is prepared, was already redelivered, or was acknowledged; nothing was
     * changed.
     */
    LOST
}
