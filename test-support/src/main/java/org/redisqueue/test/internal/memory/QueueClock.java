// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import java.time.Duration;
import java.time.Instant;

/**
 * The clock by which messages expire and are redelivered. It advances only when a test says so, or while a thread waits
 * for a message, so that the outcome of a test does not depend on the speed of the machine. Guarded by the store.
 */
final class QueueClock {

    private Instant time = Instant.now();
    private int waiting;
    private long since;

    Instant now() {
        return waiting == 0 ? time : time.plusNanos(System.nanoTime() - since);
    }

    void advance(Duration duration) {
        time = time.plus(duration);
    }

    /** Makes the clock run until each call of this method is followed by one of {@link #halt}. */
    void run() {
        if (waiting++ == 0) {
            since = System.nanoTime();
        }
    }

    void halt() {
        time = waiting == 1 ? now() : time;
        waiting--;
    }
}
