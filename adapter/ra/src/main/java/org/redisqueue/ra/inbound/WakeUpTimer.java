// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Wakes its owner at the earliest requested time. */
final class WakeUpTimer {

    private final ScheduledExecutorService timer;
    private final Runnable wakeUp;
    private final Runnable shutDown;
    private @Nullable Future<?> pending;
    private long pendingAt;
    private boolean stopped;
    private boolean rejected;

    /**
     * @param timer runs the wake-ups
     * @param wakeUp runs at each wake-up; must not throw
     * @param shutDown runs if the timer accepts no more tasks because the adapter has stopped
     */
    WakeUpTimer(ScheduledExecutorService timer, Runnable wakeUp, Runnable shutDown) {
        this.timer = timer;
        this.wakeUp = wakeUp;
        this.shutDown = shutDown;
    }

    /**
     * Wakes the owner after this time, unless it is woken earlier.
     *
     * @return false if it is never woken because the timer is {@linkplain #stop stopped}
     */
    boolean within(long millis) {
        synchronized (this) {
            if (stopped) {
                return false;
            } else if (rejected || schedule(millis)) {
                return true;
            }
            rejected = true;
        }
        shutDown.run();
        return true;
    }

    /** @return false if the timer accepts no more tasks */
    private boolean schedule(long millis) {
        long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        if (pending != null && !pending.isDone()) {
            if (pendingAt - at <= 0) {
                return true;
            }
            pending.cancel(false);
        }
        try {
            pending = timer.schedule(this::fire, millis, TimeUnit.MILLISECONDS);
            pendingAt = at;
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void fire() {
        synchronized (this) {
            pending = null;
        }
        wakeUp.run();
    }

    /**
     * Cancels the pending wake-up. There are no further ones.
     *
     * @return whether one was pending
     */
    synchronized boolean stop() {
        stopped = true;
        return pending != null && pending.cancel(false);
    }
}
