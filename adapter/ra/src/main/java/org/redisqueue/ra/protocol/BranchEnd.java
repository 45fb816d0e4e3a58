// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** The outcome of a request to end a prepared branch. */
public enum BranchEnd {
    /** This call ended the branch as requested. */
    DONE(null),
    /** The branch is not prepared: recovery or an operator has committed it. */
    COMMITTED("committed"),
    /** The branch is not prepared: recovery or an operator has rolled it back. */
    ROLLED_BACK("rolled back"),
    /** The branch is not prepared: an operator has forgotten it, and its messages are dead letters. */
    FORGOTTEN("forgotten"),
    /** The branch is not prepared, and Redis does not know why. */
    NOT_PREPARED("");

    private final String reported;

    BranchEnd(String reported) {
        this.reported = reported;
    }

    /** A readable description of how the branch ended, such as {@code rolled back}. */
    public String description() {
        return reported == null || reported.isEmpty() ? "ended" : reported;
    }

    static BranchEnd of(String report) {
        for (BranchEnd end : values()) {
            if (report.equals(end.reported)) {
                return end;
            }
        }
        return NOT_PREPARED;
    }
}
