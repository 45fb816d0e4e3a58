// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

/** The place of a message. A message is in exactly one place. */
public enum Place {

    /** Waits for a consumer. */
    READY,

    /** Waits until it is time to deliver it. */
    SCHEDULED,

    /** Waits for the previous messages of its group to end. */
    WAITING,

    /** Claimed by a consumer. Its lease may have ended. */
    DELIVERING,

    /** Rolled back, and waits for the end of its redelivery delay. */
    REDELIVERING,

    /** Consumed by a prepared branch that has been neither committed nor rolled back. */
    IN_DOUBT,

    /** A dead letter, which is not delivered automatically. */
    DEAD
}
