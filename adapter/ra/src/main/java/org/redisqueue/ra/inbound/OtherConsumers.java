// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.PassOnResult;

/** Wakes another consumer of the queue in place of this one, in this process or another. */
final class OtherConsumers {

    /** The minimum time between wake-ups that are passed on one after another, if nothing is due meanwhile. */
    private static final long MIN_INTERVAL_MILLIS = 10;

    /** Spreads the wake-ups of consumers that know the same time. */
    private static final long MAX_JITTER_MILLIS = 20;

    /** The delay after another consumer was woken for messages. Its claim tells it when the next one is due. */
    private static final long BACKUP_MILLIS = 1_000;

    private final ConsumerContext context;
    private final InFlight inFlight;
    private final WakeUpTimer wakeUp;

    /**
     * @param inFlight follows the calls to Redis; its lock must not be held
     * @param wakeUp wakes this consumer when a further message is due
     */
    OtherConsumers(ConsumerContext context, InFlight inFlight, WakeUpTimer wakeUp) {
        this.context = context;
        this.inFlight = inFlight;
        this.wakeUp = wakeUp;
    }

    /**
     * Wakes one because this consumer was woken and cannot claim. This consumer is woken again when a further message is
     * due, which no other one may know. Does not block and does not throw: if the call fails, another consumer finds the
     * messages when its own wait times out.
     */
    void passOn() {
        wake(false);
    }

    /**
     * Wakes one because this consumer has stopped, even if messages only wait for their redelivery: no other consumer
     * may know when they are due. Does not block and does not throw.
     */
    void handOver() {
        wake(true);
    }

    private void wake(boolean dueLater) {
        try {
            inFlight.follow(
                    context.calls().passOn(dueLater).whenComplete((result, failure) -> woken(result, dueLater)));
        } catch (Throwable e) {
            context.failures().report(e);
        }
    }

    private void woken(@Nullable PassOnResult result, boolean dueLater) {
        if (result != null && !dueLater && result.dueInMillis().isPresent()) {
            long due = result.dueInMillis().getAsLong();
            long millis = result.work()
                    ? Math.max(BACKUP_MILLIS, due)
                    : Math.max(MIN_INTERVAL_MILLIS, due)
                            + ThreadLocalRandom.current().nextLong(MAX_JITTER_MILLIS);
            if (!wakeUp.within(millis)) {
                handOver();
            }
        }
    }
}
