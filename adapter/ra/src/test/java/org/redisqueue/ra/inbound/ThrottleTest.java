// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.protocol.ClaimLimits;

class ThrottleTest {

    private long nanos = Long.MAX_VALUE - 5; // System.nanoTime may overflow
    private long ended;
    private final Throttle throttle = new Throttle(() -> ended, () -> nanos);

    private void claim(long restMillis, boolean full) {
        throttle.claimStarted();
        throttle.claimed(new ClaimLimits(true, restMillis, full, Map.of()), 1);
    }

    private void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void permitsClaimsAtFirstAndWithoutLimits() {
        assertThat(throttle.restMillis()).isZero();
        throttle.claimStarted();
        throttle.claimed(ClaimLimits.NONE, 1);
        assertThat(throttle.restMillis()).isZero();
        claim(0, false);
        assertThat(throttle.restMillis()).isZero();
    }

    @Test
    void restsUntilTheRatePermitsAMessage() {
        claim(100, false);
        assertThat(throttle.restMillis()).isBetween(100L, 101L);
        ended++;
        pass(99);
        assertThat(throttle.restMillis()).isBetween(1L, 2L);
        pass(1);
        assertThat(throttle.restMillis()).isZero();
    }

    @Test
    void restsForASecondWhileTheQueueIsFull() {
        claim(0, true);
        pass(Throttle.FULL_MILLIS - 1);
        assertThat(throttle.restMillis()).isPositive();
        pass(1);
        assertThat(throttle.restMillis()).isZero();
    }

    @Test
    void claimsWhenADeliveryHasEndedWhileTheQueueIsFull() {
        claim(0, true);
        ended++;
        assertThat(throttle.restMillis()).isZero();
    }

    @Test
    void deliveryThatEndsDuringTheClaimMakesRoom() {
        throttle.claimStarted();
        ended++;
        throttle.claimed(new ClaimLimits(true, 0, true, Map.of()), 1);
        assertThat(throttle.restMillis()).isZero();
    }

    @Test
    void rateAppliesEvenIfADeliveryHasEnded() {
        claim(100, true);
        ended++;
        assertThat(throttle.restMillis()).isBetween(100L, 101L);
    }

    @Test
    void nextClaimEndsTheRest() {
        claim(100, true);
        throttle.claimStarted();
        throttle.claimed(ClaimLimits.NONE, 1);
        assertThat(throttle.restMillis()).isZero();
    }
}
