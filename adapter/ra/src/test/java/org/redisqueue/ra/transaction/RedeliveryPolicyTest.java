// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The redelivery delay after a failure. */
class RedeliveryPolicyTest {

    private final RedeliveryPolicy policy = new RedeliveryPolicy(5, 1_000, 2, 300_000);

    @Test
    void delayDoublesUpToTheMaximum() {
        assertThat(policy.delayAfter(0)).isBetween(1_000L, 1_100L);
        assertThat(policy.delayAfter(1)).isBetween(2_000L, 2_200L);
        assertThat(policy.delayAfter(4)).isBetween(16_000L, 17_600L);
        assertThat(policy.delayAfter(9)).isBetween(300_000L, 330_000L);
        assertThat(policy.delayAfter(10_000)).isBetween(300_000L, 330_000L);
    }

    @Test
    void messagesThatFailTogetherHaveDifferentDelays() {
        assertThat(LongStream.generate(() -> policy.delayAfter(3))
                        .limit(50)
                        .distinct()
                        .count())
                .isGreaterThan(10);
    }

    @Test
    void zeroDelayStaysZero() {
        assertThat(new RedeliveryPolicy(5, 0, 2, 300_000).delayAfter(7)).isZero();
    }
}
