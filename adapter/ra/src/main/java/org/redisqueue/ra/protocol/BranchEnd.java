// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** What became of a prepared branch that was to be ended. */
public enum BranchEnd {
    /** It was ended as asked, by this call. */
    DONE(null),
    /** It is not prepared: recovery or an operator has committed it. */
    COMMITTED("committed"),
    /** It is not prepared: recovery or an operator has rolled it back. */
    ROLLED_BACK("rolled back"),
    /** It is not prepared: an operator has forgotten it, and its messages are dead letters. */
    FORGOTTEN("forgotten"),
    /** It is not prepared, and Redis does not know why. */
    NOT_PREPARED("");

    private final String reported;

    BranchEnd(String reported) {
        this.reported = reported;
    }

    /** How it was ended, for people. */
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
