// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.redisqueue.test.internal.redis.Remembered;

/** What tests share is created once. */
class RememberedTest {

    private final AtomicInteger attempts = new AtomicInteger();

    @Test
    void objectIsCreatedOnce() {
        Remembered<Integer> number = new Remembered<>(attempts::incrementAndGet);
        assertThat(number.get()).isEqualTo(1);
        assertThat(number.get()).isEqualTo(1);
    }

    @Test
    void eachUseFailsForTheReasonOfTheFirst() {
        Remembered<Integer> broken = new Remembered<>(() -> {
            throw new IllegalArgumentException("attempt " + attempts.incrementAndGet());
        });
        assertThatIllegalArgumentException().isThrownBy(broken::get).withMessage("attempt 1");
        assertThatIllegalStateException()
                .isThrownBy(broken::get)
                .withMessage("attempt 1")
                .withCauseInstanceOf(IllegalArgumentException.class);
    }
}
