// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RedisClockTest {

    private long nanos = TimeUnit.HOURS.toNanos(1);
    private final RedisClock clock = new RedisClock(() -> nanos);

    private long afterMillis(long millis) {
        long before = nanos;
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
        return before;
    }

    @Test
    void timeIsNotKnownBeforeAReply() {
        assertThat(clock.earliest()).isEmpty();
        assertThat(clock.latest()).isEmpty();
    }

    @Test
    void serverMayHaveReadItsClockAtAnyTimeBetweenCallAndReply() {
        long sent = afterMillis(40);
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, sent);
        afterMillis(500);

        assertThat(clock.earliest()).hasValue(1_000_500);
        assertThat(clock.latest().orElseThrow())
                .isCloseTo(1_000_540, within(1L))
                .isGreaterThanOrEqualTo(1_000_540);
    }

    @Test
    void timeInSecondsMayBeAlmostASecondOld() {
        clock.reported(1_000, TimeUnit.SECONDS, nanos);

        assertThat(clock.earliest()).hasValue(1_000_000);
        assertThat(clock.latest().orElseThrow()).isGreaterThanOrEqualTo(1_000_999);
    }

    @Test
    void lessPreciseTimeDoesNotReplaceAFreshOne() {
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, nanos);
        long sent = afterMillis(5_000);
        clock.reported(1_000_100, TimeUnit.MILLISECONDS, sent);
        clock.reported(1_001, TimeUnit.SECONDS, nanos);

        assertThat(clock.earliest()).hasValue(1_005_000);
    }

    @Test
    void lessPreciseTimeReplacesAnOldOne() {
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, nanos);
        afterMillis(60_000);
        clock.reported(500_000, TimeUnit.MILLISECONDS, afterMillis(200));

        assertThat(clock.earliest()).hasValue(500_000);
    }

    @Test
    void distrustedTimeIsStillTheEarliest() {
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, nanos);
        clock.distrust();

        assertThat(clock.earliest()).hasValue(1_000_000);
        assertThat(clock.latest()).isEmpty();
    }

    @Test
    void distrustedTimeIsReplacedByAnyOther() {
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, nanos);
        clock.distrust();
        clock.reported(2_000_000, TimeUnit.MILLISECONDS, afterMillis(200));

        assertThat(clock.latest().orElseThrow()).isGreaterThanOrEqualTo(2_000_200);
    }

    @Test
    void forgottenTimeIsReplacedByThatOfASlowReply() {
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, nanos);
        clock.forget();
        long sent = afterMillis(5_000);
        clock.reported(2_000_000, TimeUnit.MILLISECONDS, sent);

        assertThat(clock.earliest()).hasValue(2_000_000);
        assertThat(clock.latest().orElseThrow()).isGreaterThanOrEqualTo(2_005_000);
    }
}
