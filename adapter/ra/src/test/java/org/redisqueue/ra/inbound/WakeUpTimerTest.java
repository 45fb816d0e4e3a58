// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.testing.ManualTimer;

class WakeUpTimerTest {

    private final ManualTimer timer = new ManualTimer();
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final AtomicInteger shutDowns = new AtomicInteger();
    private final WakeUpTimer wakeUp = new WakeUpTimer(timer, wakeUps::incrementAndGet, shutDowns::incrementAndGet);

    @AfterEach
    void end() {
        timer.shutdownNow();
    }

    @Test
    void wakesUpAtTheEarliestTime() {
        wakeUp.within(5_000);
        wakeUp.within(1_000);
        wakeUp.within(9_000);
        assertThat(timer.delays()).containsExactly(1_000L);

        timer.fire();

        assertThat(wakeUps).hasValue(1);
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void canBeSetAgainOnceItHasFired() {
        wakeUp.within(1_000);
        timer.fire();
        wakeUp.within(9_000);
        assertThat(timer.delays()).containsExactly(9_000L);
    }

    @Test
    void doesNotWakeUpAfterItIsStopped() {
        assertThat(wakeUp.within(1_000)).isTrue();
        assertThat(wakeUp.stop()).isTrue();
        assertThat(wakeUp.within(1_000)).isFalse();
        assertThat(wakeUp.stop()).isFalse();
        assertThat(timer.delays()).isEmpty();
        assertThat(shutDowns).hasValue(0);
    }

    @Test
    void reportsOnceThatTheAdapterHasStopped() {
        timer.shutdown();
        wakeUp.within(1_000);
        wakeUp.within(1_000);
        assertThat(shutDowns).hasValue(1);
    }
}
