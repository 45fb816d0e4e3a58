// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReportsTest {

    private long now;
    private final Reports reports = new Reports(() -> now, Duration.ofDays(1));

    @Test
    void theSameReasonIsReportedOnce() {
        assertThat(reports.isNews("refused")).isTrue();
        now += TimeUnit.HOURS.toNanos(1);
        assertThat(reports.isNews("refused")).isFalse();
    }

    @Test
    void theSameReasonIsReportedAgainAfterTheTimeThatIsSet() {
        reports.isNews("refused");
        now += TimeUnit.DAYS.toNanos(1);
        assertThat(reports.isNews("refused")).isTrue();
        assertThat(reports.isNews("refused")).isFalse();
    }

    @Test
    void anotherReasonIsReportedButNotMoreThanOnceInTenSeconds() {
        reports.isNews("refused");
        now += TimeUnit.SECONDS.toNanos(9);
        assertThat(reports.isNews("wrong password")).isFalse();
        now += TimeUnit.SECONDS.toNanos(1);
        assertThat(reports.isNews("wrong password")).isTrue();
        assertThat(reports.isNews("refused")).isFalse();
    }

    @Test
    void afterTheEndOfTheProblemTheNextOneIsReported() {
        reports.isNews("refused");
        assertThat(reports.over()).isTrue();
        assertThat(reports.over()).isFalse();
        assertThat(reports.isNews("refused")).isTrue();
    }
}
