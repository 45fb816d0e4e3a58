// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.reliability.Ledger.Verdict;
import org.redisqueue.it.reliability.app.BookingListener;

class LedgerTest {

    private static final String PASSED_ON = BookingListener.PASSED_ON + 1;

    private final Ledger ledger = new Ledger();

    @Test
    void entryThatTookEffectOnceIsCorrect() {
        confirmedPush("a");
        confirmedPush(PASSED_ON);
        confirmedOrder("b");
        assertVerdict(compare(List.of("b"), List.of("a", "b"), List.of("a", "b", PASSED_ON)), Set.of(), Set.of());
    }

    @Test
    void unconfirmedOrderMayOrMayNotExist() {
        ledger.pushing("a");
        ledger.pushing("b");
        ledger.ordering("c");
        ledger.ordering("d");
        assertVerdict(compare(List.of("c"), List.of("a", "c"), List.of("a", "c")), Set.of(), Set.of());
    }

    @Test
    void missingConfirmedEntryIsLost() {
        confirmedPush("a");
        confirmedPush(PASSED_ON);
        confirmedOrder("b");
        assertVerdict(compare(List.of(), List.of(), List.of()), Set.of("a", "b", PASSED_ON), Set.of());
    }

    @Test
    void orderOnlyInTheDatabaseIsLost() {
        ledger.ordering("a");
        assertVerdict(compare(List.of("a"), List.of(), List.of()), Set.of("a"), Set.of());
    }

    @Test
    void messageOfAnOrderMissingInTheDatabaseIsUnexpected() {
        ledger.ordering("a");
        assertVerdict(compare(List.of(), List.of("a"), List.of("a")), Set.of(), Set.of("a"));
    }

    @Test
    void deliveryWithHalfItsEffectsIsLost() {
        confirmedPush("a");
        confirmedPush("b");
        assertVerdict(compare(List.of(), List.of("a"), List.of("b")), Set.of("a", "b"), Set.of());
    }

    @Test
    void repeatedEntryTookEffectTwice() {
        confirmedPush("a");
        confirmedPush("b");
        confirmedPush(PASSED_ON);
        confirmedOrder("c");
        assertVerdict(
                compare(
                        List.of("c", "c"),
                        List.of("a", "a", "b", "c"),
                        List.of("a", "b", "b", "c", PASSED_ON, PASSED_ON)),
                Set.of(),
                Set.of("a", "b", "c", PASSED_ON));
    }

    @Test
    void unsentEntryIsUnexpected() {
        assertVerdict(compare(List.of(), List.of("a"), List.of()), Set.of(), Set.of("a"));
    }

    private void confirmedPush(String body) {
        ledger.pushing(body);
        ledger.confirmed(body);
    }

    private void confirmedOrder(String body) {
        ledger.ordering(body);
        ledger.confirmed(body);
    }

    private Verdict compare(List<String> taken, List<String> booked, List<String> done) {
        return ledger.compare(taken, booked, done);
    }

    private static void assertVerdict(Verdict verdict, Set<String> lost, Set<String> twice) {
        assertThat(verdict.lost()).isEqualTo(lost);
        assertThat(verdict.twice()).isEqualTo(twice);
    }
}
