// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.TimeUnit;

/**
 * Limits the number of workers to what the container accepts.
 *
 * <p>When the container refuses a worker, the dispatcher rests, longer after each refusal. It then starts one worker at
 * a time until a delivery succeeds. For one minute, it runs no more workers than were running when the container last
 * refused one: a container with fewer threads than listeners would otherwise keep refusing the rest.
 *
 * <p>Not thread-safe.
 */
final class Admission {

    private static final long INITIAL_REST_MILLIS = 1_000;
    private static final long MAX_REST_MILLIS = 10_000;
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final int maxWorkers;
    private final RetryDelay rests = new RetryDelay(INITIAL_REST_MILLIS, MAX_REST_MILLIS);
    private int admitted;
    private long refusedAt;
    private long restsUntil;
    private boolean resting;
    private boolean proving;

    /** @param maxWorkers maximum number of workers */
    Admission(int maxWorkers) {
        this.maxWorkers = maxWorkers;
        this.admitted = maxWorkers;
    }

    /**
     * Records that the container refused a worker or a delivery, or that something failed. Starts a rest unless one is
     * in progress.
     *
     * @param workers number of remaining workers
     * @param now the current {@link System#nanoTime}
     */
    void refused(int workers, long now) {
        admitted = Math.max(1, Math.min(maxWorkers, workers));
        refusedAt = now;
        proving = true;
        if (!isResting(now)) {
            resting = true;
            restsUntil = now + TimeUnit.MILLISECONDS.toNanos(rests.nextMillis());
        }
    }

    /** Records the end of a delivery that the container did not refuse. */
    void delivered() {
        proving = false;
        rests.reset();
    }

    /** Returns whether the dispatcher rests: it neither claims messages nor starts workers. */
    boolean isResting(long now) {
        resting &= restsUntil - now > 0;
        return resting;
    }

    /** Returns the remaining duration of the rest, in milliseconds; 0 if there is none. */
    long restMillis(long now) {
        return isResting(now) ? TimeUnit.NANOSECONDS.toMillis(restsUntil - now) + 1 : 0;
    }

    /**
     * Returns whether nothing has been delivered since the last refusal or failure. Messages are then delivered one at
     * a time.
     */
    boolean isProving() {
        return proving;
    }

    /**
     * Returns the number of workers that are allowed now.
     *
     * @param delivering number of workers that are delivering a message
     * @param now the current {@link System#nanoTime}
     */
    int workers(int delivering, long now) {
        if (proving) {
            return Math.min(maxWorkers, delivering + 1);
        }
        if (admitted < maxWorkers && now - refusedAt > REMEMBERED_NANOS) {
            admitted = maxWorkers;
        }
        return admitted;
    }
}
