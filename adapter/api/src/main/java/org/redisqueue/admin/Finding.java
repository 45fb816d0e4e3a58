// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import org.jspecify.annotations.Nullable;

/**
 * Damage that {@link QueueAdmin#check} found.
 *
 * @param kind the kind of damage
 * @param queue the name of the queue or, if the damage concerns a binding, of the topic
 * @param id the id of the message or of the branch, or the name of the bound queue or of the setting; null if the damage concerns the queue as a whole
 * @param description what is wrong, what it means for the message, and what a repair would do
 * @param repairable whether {@link QueueAdmin#repair} can repair it
 */
public record Finding(Kind kind, String queue, @Nullable String id, String description, boolean repairable) {

    /** The kinds of damage. */
    public enum Kind {
        /** A key has the wrong type. */
        WRONG_TYPE,
        /** A message exists but is in no place, so it will never be delivered. */
        ORPHANED_MESSAGE,
        /** An id is ready, claimed or a dead letter, but its message does not exist. */
        MISSING_MESSAGE,
        /** An id is ready more than once. */
        READY_TWICE,
        /** A message waits for another one of its group that does not exist, or for a dead letter although it should not. */
        BLOCKED_GROUP,
        /** An id is in more than one place, or is claimed more than once. */
        SEVERAL_PLACES,
        /** An entry of processing does not consist of an id and a token. */
        MALFORMED_ENTRY,
        /** A message is marked as part of a prepared branch, but the branch does not exist. */
        STRANDED_IN_DOUBT,
        /** A prepared branch names a message that it does not hold. */
        BRANCH_WITHOUT_MESSAGE,
        /** The record of a prepared branch cannot be read. */
        MALFORMED_BRANCH,
        /** A staged message belongs to a branch that does not exist. */
        ORPHANED_STAGED_MESSAGE,
        /** A counter, an error, a deadline, a group or a priority belongs to a message that does not exist. */
        LEFTOVER,
        /** A counter is not a number, or is out of range. */
        MALFORMED_COUNTER,
        /** A topic has a binding that does not name a queue. */
        MALFORMED_BINDING,
        /** A queue is bound to a topic, but does not exist: no server has used it lately, and it has no messages. */
        BINDING_WITHOUT_QUEUE,
        /** A setting of a queue has an invalid value. */
        INVALID_SETTING
    }
}
