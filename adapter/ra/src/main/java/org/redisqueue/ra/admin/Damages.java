// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import org.redisqueue.admin.Finding.Kind;

/** Describes damages: what is wrong, what it means for the message, and what to do. */
final class Damages {

    private Damages() {}

    static String describe(Kind kind, boolean repairable) {
        return switch (kind) {
            case WRONG_TYPE -> "A key has the wrong type. Find out which program has written it, and remove it.";
            case ORPHANED_MESSAGE ->
                "The message exists but is neither ready, nor scheduled, nor claimed, nor a dead letter, and does not"
                        + " wait for its group, so it will never be delivered. The repair makes it a dead letter.";
            case MISSING_MESSAGE ->
                repairable
                        ? "The queue contains the id of a message that does not exist. Its time to live may have"
                                + " ended. The repair removes the id."
                        : "The queue contains the id of a message that does not exist, and a consumer or a transaction"
                                + " holds it. Wait until it ends.";
            case READY_TWICE ->
                "The message is ready more than once, so that it would be delivered more than once. The repair keeps"
                        + " the place from which it is delivered first.";
            case BLOCKED_GROUP ->
                "The message waits for another message of its group that does not exist, or that is a dead letter although"
                        + " the queue does not block groups. The repair makes the next message of the group ready.";
            case SEVERAL_PLACES ->
                repairable
                        ? "The message waits for its group, is scheduled or is ready, and is also in another place. The"
                                + " repair removes it from the first of these places, in this order."
                        : "The message is in several places: claimed more than once, held by a prepared branch, or"
                                + " claimed and a dead letter. Decide which one is right, and remove the others.";
            case MALFORMED_ENTRY ->
                "An entry of processing does not consist of an id and a token. The repair makes it a dead letter.";
            case STRANDED_IN_DOUBT ->
                "The message belongs to a prepared branch that does not exist or cannot be read, so it will not be"
                        + " delivered. Find out how its transaction ended, then give its entry of processing a score of"
                        + " 0, which makes it due, or remove the message, and check and repair the queue again.";
            case BRANCH_WITHOUT_MESSAGE ->
                "The prepared branch has consumed a message that it does not hold, which may be delivered again. Find"
                        + " out how its transaction ended before you decide the branch.";
            case MALFORMED_BRANCH ->
                "The record of the prepared branch cannot be read, so that recovery cannot end it. Correct or remove"
                        + " its field in the hash 'prepared'.";
            case ORPHANED_STAGED_MESSAGE ->
                "The message was staged by a branch that is not prepared, so that it will not be sent. Find out how"
                        + " the transaction ended, then send the message again if necessary and remove the key.";
            case LEFTOVER ->
                "A counter, an error, a deadline, a group or a priority of a message that does not exist. The repair removes it.";
            case MALFORMED_COUNTER ->
                "A counter of deliveries is not a number from 0 to 1,000,000. The repair removes it, so that"
                        + " deliveries are counted from 0 again.";
            case MALFORMED_BINDING ->
                "The set 'bindings' of the topic contains a name that cannot be that of a queue, so nothing is sent to it."
                        + " The repair removes the name.";
            case BINDING_WITHOUT_QUEUE ->
                "The queue is bound to the topic, but has no messages and no consumers, and no server has used it"
                        + " lately. If its application is gone, unbind the queue; otherwise, messages that are"
                        + " published will wait there for it.";
            case INVALID_SETTING -> "Another program has written an invalid value. Change or remove the setting.";
        };
    }
}
