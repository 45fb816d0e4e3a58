// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

/** The place of a message. A message is in exactly one place. */
public enum Place {

    /** Waits for a consumer. */
    READY,

    /** Waits for its time. */
    SCHEDULED,

    /** Waits for other messages of its group. */
    WAITING,

    /** Claimed by a consumer, whose lease may have ended. */
    DELIVERING,

    /** Rolled back; waits for its redelivery delay. */
    REDELIVERING,

    /** Consumed by a prepared transaction branch that has neither been committed nor rolled back. */
    IN_DOUBT,

    /** A dead letter, which is not delivered automatically. */
    DEAD
}
