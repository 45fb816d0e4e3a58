// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.transaction.XAErrors.Call;
import org.redisqueue.ra.transaction.XAErrors.Problem;

/** The table of error codes in {@code docs/architecture.md}. */
class XAErrorsTest {

    private static final Set<Call> ALL = EnumSet.allOf(Call.class);

    static Stream<Arguments> codes() {
        return Stream.of(
                row(ALL, Problem.INVALID_FLAGS, XAException.XAER_INVAL),
                row(ALL, Problem.DUPLICATE_BRANCH, XAException.XAER_DUPID),
                row(ALL, Problem.UNKNOWN_BRANCH, XAException.XAER_NOTA),
                row(ALL, Problem.INVALID_STATE, XAException.XAER_PROTO),
                row(ALL, Problem.ROLLED_BACK, XAException.XA_RBROLLBACK),
                row(ALL, Problem.COMMITTED_ELSEWHERE, XAException.XA_HEURCOM),
                row(ALL, Problem.INCOMPLETE_LIST, XAException.XAER_RMFAIL),
                row(Set.of(Call.PREPARE), Problem.NOT_EXECUTED, XAException.XA_RBCOMMFAIL),
                row(Set.of(Call.PREPARE), Problem.OUTCOME_UNKNOWN, XAException.XAER_RMFAIL),
                row(Set.of(Call.COMMIT_ONE_PHASE), Problem.NOT_EXECUTED, XAException.XAER_RMERR),
                row(Set.of(Call.COMMIT_ONE_PHASE), Problem.OUTCOME_UNKNOWN, XAException.XAER_RMFAIL),
                row(Set.of(Call.COMMIT), Problem.NOT_EXECUTED, XAException.XA_RETRY),
                row(Set.of(Call.COMMIT), Problem.OUTCOME_UNKNOWN, XAException.XA_RETRY),
                row(Set.of(Call.ROLLBACK, Call.RECOVER, Call.FORGET), Problem.NOT_EXECUTED, XAException.XAER_RMFAIL),
                row(
                        Set.of(Call.ROLLBACK, Call.RECOVER, Call.FORGET),
                        Problem.OUTCOME_UNKNOWN,
                        XAException.XAER_RMFAIL));
    }

    private static Arguments row(Set<Call> calls, Problem problem, int code) {
        return Arguments.of(calls, problem, code);
    }

    @ParameterizedTest
    @MethodSource("codes")
    void eachProblemHasItsCode(Set<Call> calls, Problem problem, int code) {
        assertThat(calls).allSatisfy(call -> {
            assertThat(XAErrors.code(call, problem)).isEqualTo(code);
            XAException error = XAErrors.of(call, problem, "the reason");
            assertThat(error).hasMessage("the reason").hasNoCause();
            assertThat(error.errorCode).isEqualTo(code);
        });
    }

    @Test
    void failuresOfTheBranchKeepTheirMessageAndBecomeTheCause() {
        RedisCallException unknown = RedisCallException.unanswered("commit");
        BranchRolledBackException rolledBack = new BranchRolledBackException("RQ-109 Rolled back");
        IllegalStateException state = new IllegalStateException("The branch is PREPARED, not ACTIVE");

        assertError(XAErrors.of(Call.COMMIT, unknown), XAException.XA_RETRY, unknown);
        assertError(XAErrors.of(Call.PREPARE, unknown), XAException.XAER_RMFAIL, unknown);
        assertError(XAErrors.of(Call.PREPARE, rolledBack), XAException.XA_RBROLLBACK, rolledBack);
        assertError(XAErrors.of(Call.COMMIT, state), XAException.XAER_PROTO, state);
    }

    @Test
    void unknownBranchIsNamed() {
        BranchXid id = BranchXid.parse("00000007-00-01").orElseThrow();

        XAException error = XAErrors.unknownBranch(Call.END, id);

        assertThat(error.errorCode).isEqualTo(XAException.XAER_NOTA);
        assertThat(error).hasMessageContaining("00000007-00-01");
    }

    private static void assertError(XAException error, int code, Throwable cause) {
        assertThat(error.errorCode).isEqualTo(code);
        assertThat(error).hasMessage(cause.getMessage()).hasCause(cause);
    }
}
