// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.TimeUnit;

/**
 * How many workers the container admits. When it refuses one, the dispatcher rests, longer each time, and then proves
 * with one worker after the other that the container delivers again. For a minute it calls no more workers than had work
 * when the container refused the last one: a container with fewer threads than listeners refuses the rest over and over.
 *
 * <p>Not thread-safe.
 */
final class Admission {

    private static final long FIRST_REST_MILLIS = 1_000;
    private static final long LONGEST_REST_MILLIS = 10_000;
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final int most;
    private final Backoff rests = new Backoff(FIRST_REST_MILLIS, LONGEST_REST_MILLIS);
    private int admitted;
    private long refusedAt;
    private long restsUntil;
    private boolean resting;
    private boolean proving;

    /** @param most how many workers there may be at most */
    Admission(int most) {
        this.most = most;
        this.admitted = most;
    }

    /**
     * The container refused a worker or a delivery, or something failed: a rest begins, unless there is one.
     *
     * @param workers how many workers are left
     */
    void refused(int workers, long now) {
        admitted = Math.max(1, Math.min(most, workers));
        refusedAt = now;
        proving = true;
        if (!isResting(now)) {
            resting = true;
            restsUntil = now + TimeUnit.MILLISECONDS.toNanos(rests.nextMillis());
        }
    }

    /** A delivery has ended that the container did not refuse. */
    void delivered() {
        proving = false;
        rests.reset();
    }

    /** Whether neither to claim messages nor to call workers. */
    boolean isResting(long now) {
        resting &= restsUntil - now > 0;
        return resting;
    }

    /** How long the rest still lasts. */
    long restMillis(long now) {
        return isResting(now) ? TimeUnit.NANOSECONDS.toMillis(restsUntil - now) + 1 : 0;
    }

    /** Whether the container has refused and not delivered since: to be tried with one message at a time. */
    boolean isProving() {
        return proving;
    }

    /**
     * How many workers there may be now.
     *
     * @param delivering how many of them deliver a message
     */
    int workers(int delivering, long now) {
        if (proving) {
            return Math.min(most, delivering + 1);
        }
        if (admitted < most && now - refusedAt > REMEMBERED_NANOS) {
            admitted = most;
        }
        return admitted;
    }
}
