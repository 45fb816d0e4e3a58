// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecurringProblemTest {

    private long now;
    private final RecurringProblem problem = new RecurringProblem(() -> now, Duration.ofDays(1));

    @Test
    void sameReasonIsReportedOnce() {
        assertThat(problem.shouldReport("refused")).isTrue();
        now += TimeUnit.HOURS.toNanos(1);
        assertThat(problem.shouldReport("refused")).isFalse();
    }

    @Test
    void sameReasonIsReportedAgainAfterTheInterval() {
        problem.shouldReport("refused");
        now += TimeUnit.DAYS.toNanos(1);
        assertThat(problem.shouldReport("refused")).isTrue();
        assertThat(problem.shouldReport("refused")).isFalse();
    }

    @Test
    void newReasonIsReportedAtMostOnceInTenSeconds() {
        problem.shouldReport("refused");
        now += TimeUnit.SECONDS.toNanos(9);
        assertThat(problem.shouldReport("wrong password")).isFalse();
        now += TimeUnit.SECONDS.toNanos(1);
        assertThat(problem.shouldReport("wrong password")).isTrue();
        assertThat(problem.shouldReport("refused")).isFalse();
    }

    @Test
    void nextProblemIsReportedAfterTheFirstHasEnded() {
        problem.shouldReport("refused");
        assertThat(problem.ended()).isTrue();
        assertThat(problem.ended()).isFalse();
        assertThat(problem.shouldReport("refused")).isTrue();
    }
}
