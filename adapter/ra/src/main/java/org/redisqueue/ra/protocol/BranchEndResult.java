// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** The outcome of a request to end a prepared branch. */
public enum BranchEndResult {
    /** This call ended the branch as requested. */
    DONE("ended"),
    /** The branch is not prepared: recovery or an operator has committed it. */
    COMMITTED("committed"),
    /** The branch is not prepared: recovery or an operator has rolled it back. */
    ROLLED_BACK("rolled back"),
    /** The branch is not prepared: an operator has forgotten it, and its messages are dead letters. */
    FORGOTTEN("forgotten"),
    /** The branch is not prepared, and Redis has no record of how it ended. */
    NOT_PREPARED("ended"),
    /** Redis no longer knows the branch, although it was prepared and nobody has ended it. */
    LOST("lost");

    private final String description;

    BranchEndResult(String description) {
        this.description = description;
    }

    /** A readable description of how the branch ended, such as {@code rolled back}. */
    public String description() {
        return description;
    }

    /** @param report how the branch ended according to Redis; empty if Redis does not know */
    static BranchEndResult of(String report) {
        return switch (report) {
            case "done" -> DONE; // with something to report
            case "committed" -> COMMITTED;
            case "rolled back" -> ROLLED_BACK;
            case "forgotten" -> FORGOTTEN;
            default -> NOT_PREPARED;
        };
    }
}
