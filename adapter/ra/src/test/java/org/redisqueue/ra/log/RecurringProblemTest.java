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
    void theSameReasonIsReportedOnce() {
        assertThat(problem.isNews("refused")).isTrue();
        now += TimeUnit.HOURS.toNanos(1);
        assertThat(problem.isNews("refused")).isFalse();
    }

    @Test
    void theSameReasonIsReportedAgainAfterTheTimeThatIsSet() {
        problem.isNews("refused");
        now += TimeUnit.DAYS.toNanos(1);
        assertThat(problem.isNews("refused")).isTrue();
        assertThat(problem.isNews("refused")).isFalse();
    }

    @Test
    void anotherReasonIsReportedButNotMoreThanOnceInTenSeconds() {
        problem.isNews("refused");
        now += TimeUnit.SECONDS.toNanos(9);
        assertThat(problem.isNews("wrong password")).isFalse();
        now += TimeUnit.SECONDS.toNanos(1);
        assertThat(problem.isNews("wrong password")).isTrue();
        assertThat(problem.isNews("refused")).isFalse();
    }

    @Test
    void afterTheEndOfTheProblemTheNextOneIsReported() {
        problem.isNews("refused");
        assertThat(problem.over()).isTrue();
        assertThat(problem.over()).isFalse();
        assertThat(problem.isNews("refused")).isTrue();
    }
}
