// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** What became of a message after its rollback. */
public enum Retry {
    /** It waits to be delivered again. */
    WAITING,
    /** It is a dead letter. */
    DEAD,
    /** Another consumer has it; nothing was done. */
    LOST
}
