// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.RedisCallException;

/** Translates problems in a call of the transaction manager to XA error codes. */
final class XAErrors {

    /** The calls of the transaction manager. */
    enum Call {
        START,
        END,
        PREPARE,
        COMMIT_ONE_PHASE,
        /** The commit of a prepared branch. */
        COMMIT,
        ROLLBACK,
        RECOVER,
        FORGET
    }

    /** What went wrong in a call. */
    enum Problem {
        /** The flags are not valid for the call. */
        INVALID_FLAGS,
        /** The branch to begin exists. */
        DUPLICATE_BRANCH,
        /** There is no such branch, or it has ended differently from what the call requests. */
        UNKNOWN_BRANCH,
        /** The call is not valid in the state of the branch. */
        INVALID_STATE,
        /** The branch was rolled back: a lease was lost, or the transaction was marked for rollback. */
        ROLLED_BACK,
        /** The branch to roll back was committed by recovery or an operator. */
        COMMITTED_ELSEWHERE,
        /** Redis has lost the prepared branch to commit. */
        LOST,
        /** The call to Redis failed and was certainly not executed. */
        NOT_EXECUTED,
        /** The call to Redis failed, and Redis may have executed it. */
        OUTCOME_UNKNOWN,
        /** The prepared branches of at least one queue cannot be listed. */
        INCOMPLETE_LIST
    }

    private XAErrors() {}

    /**
     * Returns the error code for a problem in a call (X/Open XA, chapter 5, in the Java mapping of the Jakarta
     * Transactions specification, 3.4, and of {@link javax.transaction.xa.XAResource}).
     *
     * <p>XA_RB* says that the branch has been rolled back, so that the transaction manager can roll back the others.
     * XAER_RMERR says that the one-phase commit was not executed, so that the branch is rolled back. XAER_RMFAIL leaves
     * the outcome open: the transaction manager asks again, during recovery at the latest. XA_RETRY is valid only for
     * the commit of a prepared branch, which remains prepared. XA_HEURCOM and XA_HEURRB contradict the decision of the
     * transaction manager, which reports this to the application.
     */
    static int code(Call call, Problem problem) {
        return switch (problem) {
            case INVALID_FLAGS -> XAException.XAER_INVAL;
            case DUPLICATE_BRANCH -> XAException.XAER_DUPID;
            case UNKNOWN_BRANCH -> XAException.XAER_NOTA;
            case INVALID_STATE -> XAException.XAER_PROTO;
            case ROLLED_BACK -> XAException.XA_RBROLLBACK;
            case COMMITTED_ELSEWHERE -> XAException.XA_HEURCOM;
            case LOST -> XAException.XA_HEURRB;
            case INCOMPLETE_LIST -> XAException.XAER_RMFAIL;
            case NOT_EXECUTED ->
                switch (call) {
                    case PREPARE -> XAException.XA_RBCOMMFAIL;
                    case COMMIT_ONE_PHASE -> XAException.XAER_RMERR;
                    case COMMIT -> XAException.XA_RETRY;
                    default -> XAException.XAER_RMFAIL;
                };
            case OUTCOME_UNKNOWN -> call == Call.COMMIT ? XAException.XA_RETRY : XAException.XAER_RMFAIL;
        };
    }

    /** Creates the exception for a problem that the adapter has found. */
    static XAException of(Call call, Problem problem, String message) {
        return error(call, problem, message, null);
    }

    /** Creates the exception for a failed call to Redis. */
    static XAException of(Call call, RedisCallException failure) {
        Problem problem = failure.outcomeUnknown() ? Problem.OUTCOME_UNKNOWN : Problem.NOT_EXECUTED;
        return error(call, problem, failure.getMessage(), failure);
    }

    /** Creates the exception for a branch that was rolled back instead of committed. */
    static XAException of(Call call, BranchRolledBackException failure) {
        return error(call, Problem.ROLLED_BACK, failure.getMessage(), failure);
    }

    /** Creates the exception for a call that the state of the branch does not permit. */
    static XAException of(Call call, IllegalStateException failure) {
        return error(call, Problem.INVALID_STATE, failure.getMessage(), failure);
    }

    /** Creates the exception for a branch that does not exist or has already ended. */
    static XAException unknownBranch(Call call, BranchXid id) {
        return of(call, Problem.UNKNOWN_BRANCH, "Branch '" + id + "' is unknown.");
    }

    private static XAException error(Call call, Problem problem, @Nullable String message, @Nullable Throwable cause) {
        XAException e = new XAException(message);
        e.errorCode = code(call, problem);
        e.initCause(cause);
        return e;
    }
}
