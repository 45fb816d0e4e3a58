// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.TakeBackRequest;

/**
 * The failures of a message during a {@link FailureRun}.
 *
 * <p>Not thread-safe.
 */
final class FailedMessage {

    private static final long MAX_DELAY_MILLIS = TimeUnit.MINUTES.toMillis(5);
    private static final long MARGIN_MILLIS = 10_000;

    private final String queue;
    private final String id;
    private int before;
    private int counted;
    private boolean confirmed;
    private boolean revoked;
    private @Nullable Failure held;
    private int outages;
    private int failures;
    private int failuresInARow;
    private long firstInARow;
    private long lastAt;
    private long expiresAt;

    FailedMessage(ClaimedMessage message) {
        this.queue = message.lease().queue();
        this.id = message.lease().id();
        this.before = message.failures();
        this.counted = message.failures();
    }

    /**
     * Records a failure.
     *
     * @param earlierOutages number of earlier outages in which the message has failed
     * @param now the {@link System#nanoTime} of the failure
     */
    void failed(Failure failure, int earlierOutages, long now) {
        if (counted != failure.message().failures()) { // it has failed elsewhere meanwhile
            before = failure.message().failures();
            counted = before;
        }
        outages = earlierOutages;
        failures++;
        if (failuresInARow++ == 0) {
            firstInARow = now;
        }
        lastAt = now;
        long tried = Math.min(failure.delayMillis(), MAX_DELAY_MILLIS) + MARGIN_MILLIS;
        expiresAt = now + TimeUnit.MILLISECONDS.toNanos(tried) + failure.nanos(); // the next delivery may take as long
    }

    /** Records that any delivery of the listener has succeeded. */
    void interrupted() {
        failuresInARow = 0;
    }

    // Evidence

    /** Returns the number of earlier outages in which the message failed. If there are any, it may be at fault itself. */
    int outages() {
        return outages;
    }

    /** Returns the number of failures. */
    int failures() {
        return failures;
    }

    /** Returns the number of failures since a delivery of the listener last succeeded. */
    int failuresInARow() {
        return failuresInARow;
    }

    /** Returns the {@link System#nanoTime} of the first of {@link #failuresInARow}. */
    long firstInARow() {
        return firstInARow;
    }

    /** Returns whether the last failure was before this {@link System#nanoTime}. */
    boolean failedBefore(long nanoTime) {
        return lastAt - nanoTime < 0;
    }

    /** Returns whether the last failure says nothing about the present: a further delivery would have told more. */
    boolean isExpired(long now) {
        return held == null && expiresAt - now < 0;
    }

    // Failures on hold

    /** Puts the last failure on hold: it is not known whether it counts. */
    void hold(Failure failure) {
        held = failure;
    }

    /** Returns the failure that is on hold. */
    @Nullable
    Failure held() {
        return held;
    }

    /** Records that the failure is no longer on hold. */
    void endHold() {
        held = null;
    }

    // Counted failures

    /** Records that the last failure is being counted. */
    void counting() {
        counted++;
        confirmed = false;
    }

    /**
     * Records that Redis has counted the failure.
     *
     * @return the request to take it back; null if it counts
     */
    @Nullable
    TakeBackRequest confirmed() {
        confirmed = true;
        return revoked ? takeBack() : null;
    }

    /**
     * Revokes the counted failures.
     *
     * @return the request to take them back; null if there are none, or Redis has not confirmed the last one
     */
    @Nullable
    TakeBackRequest revoke() {
        revoked = counted > before;
        return revoked && confirmed ? takeBack() : null;
    }

    private TakeBackRequest takeBack() {
        return TakeBackRequest.ofWaiting(queue, id, counted, before);
    }

    /** Returns the number of failures that the message has without those of the run. */
    int failuresBefore(ClaimedMessage message) {
        return counted == message.failures() ? before : message.failures();
    }
}
