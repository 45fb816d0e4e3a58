// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.log.RateLimit.Kind;
import org.redisqueue.ra.log.RateLimit.Suppressed;

class RateLimitTest {

    private static final Kind DEAD = new Kind("RQ-306", "orders");

    private long now = Long.MAX_VALUE - 5; // nanoTime may overflow
    private final RateLimit limit = new RateLimit(() -> now);

    private long admitted(Kind kind, int messages) {
        return IntStream.range(0, messages).filter(i -> limit.admits(kind)).count();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void tenMessagesOfAKindPassWithinAMinute() {
        assertThat(admitted(DEAD, 25)).isEqualTo(10);
    }

    @Test
    void otherMessagesAndOtherQueuesAreCountedSeparately() {
        admitted(DEAD, 25);

        assertThat(admitted(new Kind("RQ-306", "receipts"), 3)).isEqualTo(3);
        assertThat(admitted(new Kind("RQ-308", "orders"), 3)).isEqualTo(3);
    }

    @Test
    void suppressedMessagesAreReportedOnceWhenTheMinuteIsOver() {
        admitted(DEAD, 25);
        pass(Duration.ofSeconds(59));
        assertThat(limit.ended()).isEmpty();

        pass(Duration.ofSeconds(1));
        assertThat(limit.ended()).containsExactly(new Suppressed(DEAD, 15));
        assertThat(limit.ended()).isEmpty();
        assertThat(admitted(DEAD, 25)).isEqualTo(10);
    }

    @Test
    void nothingIsReportedIfNothingWasSuppressed() {
        admitted(DEAD, 10);
        pass(Duration.ofMinutes(1));

        assertThat(limit.ended()).isEmpty();
    }

    @Test
    void suppressedMessagesAreReportedImmediatelyAtTheEnd() {
        admitted(DEAD, 11);

        assertThat(limit.all()).containsExactly(new Suppressed(DEAD, 1));
    }
}
