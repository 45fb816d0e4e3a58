// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction branch that is prepared in Redis: neither committed nor rolled back. A branch that stays prepared for
 * more than a few milliseconds waits for the recovery of its transaction manager.
 *
 * @param xid the transaction branch: format id, global transaction id and branch qualifier in hexadecimal
 * @param queue the queue that holds the record of the branch
 * @param prepared when the branch was prepared, by the clock of Redis; null if the record is malformed
 * @param age the time since then; null if the record is malformed
 * @param owner the node identifier of the transaction manager; null if the transaction manager does not encode one
 * @param consumed the messages that a commit acknowledges
 * @param sent the messages that a commit publishes
 * @param malformed what is wrong with the record; null if it is well-formed
 */
public record InDoubtBranch(
        String xid,
        String queue,
        @Nullable Instant prepared,
        @Nullable Duration age,
        @Nullable String owner,
        List<MessageReference> consumed,
        List<MessageReference> sent,
        @Nullable String malformed) {

    /** Copies the lists. */
    public InDoubtBranch {
        consumed = List.copyOf(consumed);
        sent = List.copyOf(sent);
    }

    /**
     * A message of a branch.
     *
     * @param queue the name of the queue
     * @param id the id of the message
     */
    public record MessageReference(String queue, String id) {}

    /** The decision on a branch. */
    public enum Decision {
        /** Acknowledge the consumed messages and publish the sent ones. */
        COMMIT,
        /** Redeliver the consumed messages and discard the sent ones. */
        ROLLBACK,
        /** Drop the branch. All of its messages become dead letters. */
        FORGET
    }
}
