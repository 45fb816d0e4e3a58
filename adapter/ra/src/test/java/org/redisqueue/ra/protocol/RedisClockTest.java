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
        clock.reported(1_004, TimeUnit.SECONDS, nanos);

        assertThat(clock.earliest()).hasValue(1_005_000);
    }

    @Test
    void lessPreciseTimeReplacesAnOldOne() {
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, nanos);
        afterMillis(60_000);
        clock.reported(1_060_100, TimeUnit.MILLISECONDS, afterMillis(200));

        assertThat(clock.earliest()).hasValue(1_060_100);
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
    void jumpForwardIsNoticed() {
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, nanos);
        long sent = afterMillis(5_000);
        clock.reported(1_100_000, TimeUnit.MILLISECONDS, sent);

        assertThat(clock.jumpedMillis()).isBetween(94_000L, 95_000L);
        assertThat(clock.earliest()).hasValue(1_100_000);
    }

    @Test
    void jumpBackIsNoticed() {
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, nanos);
        afterMillis(5_000);
        clock.reported(900_000, TimeUnit.MILLISECONDS, nanos);

        assertThat(clock.jumpedMillis()).isBetween(-105_000L, -104_000L);
        assertThat(clock.earliest()).hasValue(900_000);
    }

    @Test
    void jumpsAddUp() {
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, nanos);
        clock.reported(1_100_000, TimeUnit.MILLISECONDS, nanos);
        clock.reported(1_040_000, TimeUnit.MILLISECONDS, nanos);

        assertThat(clock.jumpedMillis()).isCloseTo(40_000, within(100L));
    }

    @Test
    void slowReplyIsNoJump() {
        clock.reported(1_000_000, TimeUnit.MILLISECONDS, nanos);
        long sent = afterMillis(20_000);
        clock.reported(1_019_000, TimeUnit.MILLISECONDS, sent);

        assertThat(clock.jumpedMillis()).isZero();
    }

    @Test
    void timeInSecondsIsNoJump() {
        clock.reported(1_000, TimeUnit.SECONDS, nanos);
        clock.reported(1_001_900, TimeUnit.MILLISECONDS, nanos);
        clock.distrust();
        clock.reported(1_000, TimeUnit.SECONDS, nanos);

        assertThat(clock.jumpedMillis()).isZero();
    }
}
