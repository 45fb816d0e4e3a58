// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClaimBudgetTest {

    private static final long FAST = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(1_000);

    private final ClaimBudget budget = new ClaimBudget(3_000);

    @Test
    void growsWhileItLimitsFastClaims() {
        budget.replied(true, FAST);
        assertThat(budget.bytes()).isEqualTo(2 * ClaimBudget.INITIAL_BYTES);
        for (int i = 0; i < 20; i++) {
            budget.replied(true, FAST);
        }
        assertThat(budget.bytes()).isEqualTo(ClaimBudget.MAX_BYTES);
    }

    @Test
    void doesNotGrowOnAnEmptyClaim() {
        budget.timedOut();
        long small = budget.bytes();

        budget.replied(false, FAST);

        assertThat(budget.bytes()).isEqualTo(small).isLessThan(ClaimBudget.INITIAL_BYTES);
    }

    @Test
    void shrinksOnSlowAndUnansweredClaims() {
        budget.replied(true, SLOW);
        assertThat(budget.bytes()).isEqualTo(ClaimBudget.INITIAL_BYTES / 2);
        for (int i = 0; i < 20; i++) {
            budget.timedOut();
        }
        assertThat(budget.bytes()).isEqualTo(ClaimBudget.MIN_BYTES);
    }
}
