// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import org.jspecify.annotations.Nullable;

/**
 * A damage that {@link QueueAdmin#check} has found.
 *
 * @param kind the kind of damage
 * @param queue the name of the queue
 * @param id the id of the message or of the branch; null if the damage concerns the queue
 * @param description what is wrong, and what it means for the message
 * @param repairable whether {@link QueueAdmin#repair} repairs it
 */
public record Finding(Kind kind, String queue, @Nullable String id, String description, boolean repairable) {

    /** The kinds of damage. */
    public enum Kind {
        /** A key has the wrong type. */
        WRONG_TYPE,
        /** A message exists but is in no place, so that nobody will deliver it. */
        ORPHANED_MESSAGE,
        /** A ready, claimed or dead id without a message. */
        MISSING_MESSAGE,
        /** An id is ready more than once. */
        READY_TWICE,
        /** An id is in more than one place, or claimed more than once. */
        SEVERAL_PLACES,
        /** An entry of processing that does not consist of an id and a token. */
        MALFORMED_ENTRY,
        /** A message that belongs to a prepared branch that does not exist. */
        STRANDED_IN_DOUBT,
        /** A prepared branch with a message that it does not hold. */
        BRANCH_WITHOUT_MESSAGE,
        /** A record of a prepared branch that cannot be read. */
        MALFORMED_BRANCH,
        /** A staged message of a branch that does not exist. */
        ORPHANED_STAGED_MESSAGE,
        /** A counter, an error or a deadline of a message that does not exist. */
        LEFTOVER,
        /** A counter that is not a number in the valid range. */
        MALFORMED_COUNTER
    }
}
