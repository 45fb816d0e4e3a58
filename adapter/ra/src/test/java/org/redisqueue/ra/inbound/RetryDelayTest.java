// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long to wait until Redis is tried again. */
class BackoffTest {

    @Test
    void it_waits_longer_each_time_up_to_five_seconds() {
        Backoff backoff = new Backoff();
        assertThat(backoff.isFirst()).isTrue();
        for (long most = 100; most < 5_000; most *= 2) {
            assertThat(backoff.nextMillis()).isBetween(most / 2, most);
        }
        assertThat(backoff.isFirst()).isFalse();
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.nextMillis()).isBetween(2_500L, 5_000L);
        }
    }

    @Test
    void after_a_success_it_begins_anew() {
        Backoff backoff = new Backoff();
        backoff.nextMillis();
        backoff.nextMillis();
        backoff.reset();
        assertThat(backoff.isFirst()).isTrue();
        assertThat(backoff.nextMillis()).isBetween(50L, 100L);
    }
}
