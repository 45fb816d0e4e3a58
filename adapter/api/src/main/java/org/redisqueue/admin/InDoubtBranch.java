// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction branch that is prepared in Redis: it has been neither committed nor rolled back. The branch of a running
 * transaction usually ends within milliseconds. A branch that stays prepared waits for its transaction manager to recover.
 *
 * @param xid identifies the branch: format id, global transaction id and branch qualifier in hexadecimal
 * @param queue the queue that holds the record of the branch
 * @param prepared when the branch was prepared, according to the Redis clock; null if the record is malformed
 * @param age the time since the branch was prepared; null if the record is malformed
 * @param owner the node identifier of the transaction manager; null if the transaction manager does not encode it in
 *     the branch
 * @param consumed the messages that a commit will acknowledge
 * @param sent the messages that a commit will publish
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

    /**
     * Creates a branch and copies its lists.
     *
     * @param xid see {@link #xid()}
     * @param queue see {@link #queue()}
     * @param prepared see {@link #prepared()}
     * @param age see {@link #age()}
     * @param owner see {@link #owner()}
     * @param consumed see {@link #consumed()}
     * @param sent see {@link #sent()}
     * @param malformed see {@link #malformed()}
     */
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
        /** Acknowledges the consumed messages and publishes the sent ones. */
        COMMIT,
        /** Redelivers the consumed messages and discards the sent ones. */
        ROLLBACK,
        /** Drops the branch. All of its messages become dead letters. */
        FORGET
    }
}
