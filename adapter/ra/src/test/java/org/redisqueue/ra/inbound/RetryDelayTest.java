// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The delay between attempts to connect. */
class RetryDelayTest {

    @Test
    void delayGrowsToFiveSeconds() {
        RetryDelay delay = new RetryDelay();
        assertThat(delay.isFirst()).isTrue();
        for (long max = 100; max < 5_000; max *= 2) {
            assertThat(delay.nextMillis()).isBetween(max / 2, max);
        }
        assertThat(delay.isFirst()).isFalse();
        for (int i = 0; i < 100; i++) {
            assertThat(delay.nextMillis()).isBetween(2_500L, 5_000L);
        }
    }

    @Test
    void delayIsShortAgainAfterASuccess() {
        RetryDelay delay = new RetryDelay();
        delay.nextMillis();
        delay.nextMillis();
        delay.reset();
        assertThat(delay.isFirst()).isTrue();
        assertThat(delay.nextMillis()).isBetween(50L, 100L);
    }
}
