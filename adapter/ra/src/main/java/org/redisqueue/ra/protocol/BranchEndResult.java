// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** The outcome of a request to end a prepared branch. */
public enum BranchEndResult {
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

    BranchEndResult(String reported) {
        this.reported = reported;
    }

    /** A readable description of how the branch ended, such as {@code rolled back}. */
    public String description() {
        return reported == null || reported.isEmpty() ? "ended" : reported;
    }

    static BranchEndResult of(String report) {
        for (BranchEndResult end : values()) {
            if (report.equals(end.reported)) {
                return end;
            }
        }
        return NOT_PREPARED;
    }
}
