// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.ra.inbound.CallResult.Kind;
import org.redisqueue.ra.inbound.Settlement.Action;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

class SettlementTest {

    private static final RedeliveryPolicy POLICY = new RedeliveryPolicy(5, 1_000, 2, 300_000);

    /** What the listener or the container threw. */
    private enum Thrown {
        NOTHING,
        BY_LISTENER,
        BY_CONTAINER
    }

    private static Settlement settle(Kind kind, Branch.State state, Thrown thrown, boolean counts, int failures) {
        return Settlement.of(StoredMessage.failed("a", failures), state, result(kind, thrown), POLICY, counts);
    }

    private static CallResult result(Kind kind, Thrown thrown) {
        IllegalStateException exception = new IllegalStateException("no stock");
        return new CallResult(
                kind,
                thrown == Thrown.BY_LISTENER ? exception : null,
                thrown == Thrown.BY_CONTAINER ? exception : null);
    }

    /** The state is that of the branch, or empty for a delivery without a transaction. */
    @ParameterizedTest
    @CsvSource({
        // Without a transaction, the listener decides.
        "CALLED,     ,                NOTHING,      true,  ACKNOWLEDGE",
        "CALLED,     ,                NOTHING,      false, ACKNOWLEDGE",
        "CALLED,     ,                BY_LISTENER,  true,  REDELIVER",
        "CALLED,     ,                BY_LISTENER,  false, RELEASE",
        "CALLED,     ,                BY_CONTAINER, true,  REDELIVER",
        "CALLED,     ,                BY_CONTAINER, false, RELEASE",
        // With a transaction, its branch decides.
        "CALLED,     COMMITTED,       NOTHING,      true,  ACKNOWLEDGED",
        "CALLED,     COMMITTED,       NOTHING,      false, ACKNOWLEDGED",
        "CALLED,     COMMITTED,       BY_LISTENER,  true,  ACKNOWLEDGED",
        "CALLED,     COMMITTED,       BY_CONTAINER, true,  ACKNOWLEDGED",
        "CALLED,     COMMITTED,       BY_CONTAINER, false, ACKNOWLEDGED",
        "CALLED,     PREPARED,        NOTHING,      true,  IN_DOUBT",
        "CALLED,     PREPARED,        NOTHING,      false, IN_DOUBT",
        "CALLED,     PREPARED,        BY_LISTENER,  true,  IN_DOUBT",
        "CALLED,     PREPARED,        BY_CONTAINER, true,  IN_DOUBT",
        "CALLED,     ROLLED_BACK,     NOTHING,      true,  REDELIVER",
        "CALLED,     ROLLED_BACK,     NOTHING,      false, RELEASE",
        "CALLED,     ROLLED_BACK,     BY_LISTENER,  true,  REDELIVER",
        "CALLED,     ROLLED_BACK,     BY_LISTENER,  false, RELEASE",
        "CALLED,     ROLLED_BACK,     BY_CONTAINER, true,  REDELIVER",
        "CALLED,     ROLLBACK_ONLY,   NOTHING,      true,  REDELIVER",
        "CALLED,     ACTIVE,          NOTHING,      true,  REDELIVER",
        "CALLED,     PREPARE_UNKNOWN, NOTHING,      true,  REDELIVER",
        "CALLED,     COMMIT_UNKNOWN,  NOTHING,      true,  REDELIVER",
        "CALLED,     COMMIT_UNKNOWN,  BY_CONTAINER, false, RELEASE",
        // The listener was not called.
        "UNREADABLE, ,                BY_LISTENER,  true,  DEAD_LETTER",
        "UNREADABLE, ROLLED_BACK,     BY_LISTENER,  true,  DEAD_LETTER",
        "UNREADABLE, ROLLED_BACK,     BY_LISTENER,  false, DEAD_LETTER",
        "REFUSED,    ,                BY_LISTENER,  true,  RELEASE_AND_REST",
        "REFUSED,    ROLLED_BACK,     BY_LISTENER,  true,  RELEASE_AND_REST",
        "REFUSED,    ROLLED_BACK,     BY_CONTAINER, false, RELEASE_AND_REST"
    })
    void eachDeliveryHasOneSettlement(
            Kind kind, Branch.State state, Thrown thrown, boolean failureCounts, Action action) {
        assertThat(settle(kind, state, thrown, failureCounts, 0).action()).isEqualTo(action);
    }

    /** A batch is delivered individually only if it is known that none of its messages is or will be acknowledged. */
    @ParameterizedTest
    @CsvSource({
        "CALLED,     ,                NOTHING,      true,  ACKNOWLEDGE",
        "CALLED,     ,                BY_LISTENER,  true,  DELIVER_INDIVIDUALLY",
        "CALLED,     COMMITTED,       NOTHING,      true,  ACKNOWLEDGED",
        "CALLED,     COMMITTED,       BY_LISTENER,  true,  ACKNOWLEDGED",
        "CALLED,     PREPARED,        BY_CONTAINER, true,  IN_DOUBT",
        "CALLED,     ROLLED_BACK,     NOTHING,      true,  DELIVER_INDIVIDUALLY",
        "CALLED,     ROLLED_BACK,     BY_LISTENER,  false, RELEASE",
        "CALLED,     PREPARE_UNKNOWN, BY_CONTAINER, true,  ABANDON",
        "CALLED,     PREPARE_UNKNOWN, BY_CONTAINER, false, ABANDON",
        "CALLED,     COMMIT_UNKNOWN,  BY_CONTAINER, true,  ABANDON",
        "CALLED,     COMMIT_UNKNOWN,  NOTHING,      false, ABANDON",
        "UNREADABLE, ,                BY_LISTENER,  true,  DELIVER_INDIVIDUALLY",
        "REFUSED,    ROLLED_BACK,     BY_CONTAINER, true,  RELEASE_AND_REST"
    })
    void eachBatchHasOneSettlement(Kind kind, Branch.State state, Thrown thrown, boolean continues, Action action) {
        assertThat(Settlement.ofBatch(state, result(kind, thrown), continues).action())
                .isEqualTo(action);
    }

    @ParameterizedTest
    @CsvSource({"0, 1000, 1100", "3, 8000, 8800", "20, 300000, 330000"})
    void redeliveryDelayGrowsWithTheFailuresOfTheMessage(int failures, long min, long max) {
        Settlement settlement = settle(Kind.CALLED, null, Thrown.BY_LISTENER, true, failures);

        assertThat(settlement.delayMillis()).isBetween(min, max);
        assertThat(settlement.maxDeliveries()).isEqualTo(5);
        assertThat(settlement.reason()).isEqualTo("java.lang.IllegalStateException: no stock");
    }

    @Test
    void rollbackWithoutAnExceptionHasAReason() {
        assertThat(settle(Kind.CALLED, Branch.State.ROLLED_BACK, Thrown.NOTHING, true, 0)
                        .reason())
                .isEqualTo("The transaction was rolled back without an exception from the listener");
    }

    @Test
    void commitReportsAnExceptionOfTheListenerButNotOfTheContainer() {
        assertThat(settle(Kind.CALLED, Branch.State.COMMITTED, Thrown.BY_LISTENER, true, 0)
                        .reason())
                .isEqualTo("java.lang.IllegalStateException: no stock");
        assertThat(settle(Kind.CALLED, Branch.State.COMMITTED, Thrown.BY_CONTAINER, true, 0)
                        .reason())
                .isNull();
    }

    @Test
    void deadLetterStatesWhyTheMessageCannotBeRead() {
        assertThat(settle(Kind.UNREADABLE, null, Thrown.BY_LISTENER, true, 0))
                .isEqualTo(Settlement.deadLetter("no stock"));
    }
}
