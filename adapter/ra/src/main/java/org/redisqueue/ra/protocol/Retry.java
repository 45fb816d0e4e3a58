// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** The outcome of the redelivery request that follows a rollback. */
public enum Retry {
    /** The message waits for its redelivery. */
    WAITING,
    /** The message is a dead letter. */
    DEAD,
    /** The lease was lost; nothing was changed. */
    LOST
}
