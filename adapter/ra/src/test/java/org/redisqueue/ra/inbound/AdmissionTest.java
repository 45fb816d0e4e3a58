// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private final Admission admission = new Admission(15);
    private long now = 5;

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void admitsAllUntilTheContainerRefuses() {
        assertThat(admission.isResting(now)).isFalse();
        assertThat(admission.workers(0, now)).isEqualTo(15);
    }

    @Test
    void restsLongerEachTimeUpToTenSeconds() {
        long last = 0;
        for (int i = 0; i < 6; i++) {
            admission.refused(0, now);
            last = admission.restMillis(now);
            assertThat(last).isBetween(500L, 10_001L);
            pass(11);
            assertThat(admission.isResting(now)).isFalse();
        }
        assertThat(last).isGreaterThan(4_900);

        admission.delivered();
        admission.refused(0, now);
        assertThat(admission.restMillis(now)).isLessThan(1_100);
    }

    @Test
    void refusalsDuringARestDoNotExtendIt() {
        admission.refused(3, now);
        long rest = admission.restMillis(now);
        admission.refused(2, now);
        assertThat(admission.restMillis(now)).isEqualTo(rest);
    }

    @Test
    void admitsOneMoreWorkerAtATimeAfterARest() {
        admission.refused(0, now);
        pass(11);
        assertThat(admission.isProving()).isTrue();
        assertThat(admission.workers(0, now)).isEqualTo(1);
        assertThat(admission.workers(1, now)).isEqualTo(2);
    }

    @Test
    void admitsMoreWorkersAMinuteAfterARefusal() {
        admission.refused(10, now);
        admission.delivered();
        pass(30);
        assertThat(admission.workers(10, now)).isEqualTo(10);
        pass(31);
        assertThat(admission.workers(10, now)).isEqualTo(15);
    }
}
