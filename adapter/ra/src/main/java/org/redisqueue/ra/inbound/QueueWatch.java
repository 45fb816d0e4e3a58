// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

/**
 * Decides how to look for the next messages of a queue: with a claim, or by waiting until Redis reports a message.
 *
 * <p>Not thread-safe.
 */
final class QueueWatch {

    /** What to do next. */
    enum Next {
        CLAIM,
        /** Wait until Redis reports a message. */
        WAIT,
        /** Do nothing until the pending wait ends or the wake-up timer fires. */
        NOTHING
    }

    private enum Contents {
        /** A claim may find messages. */
        UNKNOWN,
        /** The last claim found fewer messages than it asked for. */
        KNOWN_EMPTY,
        /** The queue is paused on all servers. */
        PAUSED
    }

    private enum Wait {
        NONE,
        /** Redis has been asked to report the next message. */
        PENDING,
        /** Redis cannot wait at present. The wake-up timer ends this state. */
        POLLING
    }

    private Contents contents = Contents.UNKNOWN;
    private Wait wait = Wait.NONE;
    private boolean pausedAtLastClaim;

    /** Whether the consumer was woken and has not claimed since. No other consumer was told of the message. */
    private boolean woken;

    /** Whether the consumer was woken since the last claim began, which may not have found the message. */
    private boolean wokenDuringClaim;

    /** Returns what to do next. If that is a wait, the caller must start it. No claim may be pending. */
    Next next() {
        if (contents == Contents.UNKNOWN) {
            wokenDuringClaim = false;
            return Next.CLAIM;
        } else if (contents == Contents.KNOWN_EMPTY && wait == Wait.NONE) {
            wait = Wait.PENDING;
            return Next.WAIT;
        }
        return Next.NOTHING;
    }

    /**
     * Records the reply to a claim.
     *
     * @param paused whether the queue is paused
     * @param more whether a further claim may find more messages
     * @param refused whether limits did not permit any message, so that a wake-up remains
     * @return whether the queue was paused or resumed since the last claim
     */
    boolean claimed(boolean paused, boolean more, boolean refused) {
        boolean unknown = more || wokenDuringClaim;
        contents = paused ? Contents.PAUSED : unknown ? Contents.UNKNOWN : Contents.KNOWN_EMPTY;
        woken = wokenDuringClaim || refused && woken;
        boolean changed = pausedAtLastClaim != paused;
        pausedAtLastClaim = paused;
        return changed;
    }

    /** Returns whether the queue may have messages that are due. */
    boolean mayHaveMessages() {
        return contents == Contents.UNKNOWN;
    }

    /** Returns whether the queue was paused at the last claim. */
    boolean isPaused() {
        return pausedAtLastClaim;
    }

    /** Records that the queue may have messages. */
    void recheck() {
        contents = Contents.UNKNOWN;
    }

    /**
     * Records that a wait has ended. Even if it timed out, messages may be available, because leases of other consumers
     * may have ended.
     *
     * @param reported whether it has reported a message
     */
    void waitEnded(boolean reported) {
        wait = Wait.NONE;
        woken |= reported;
        wokenDuringClaim |= reported;
        recheck();
    }

    /** Records that Redis cannot wait, so that the queue is checked again when the wake-up timer fires. */
    void poll() {
        wait = Wait.POLLING;
    }

    /** Records that the wake-up timer has fired. */
    void wokenUp() {
        if (wait == Wait.POLLING) {
            wait = Wait.NONE;
        }
        woken = true; // for a message that is due
        wokenDuringClaim = true; // Redis may have executed a pending claim before the message was scheduled
        recheck();
    }

    /**
     * Returns whether the consumer was woken and has not claimed since. The caller must then pass the wake-up on, since
     * the next call returns false.
     */
    boolean takeWakeUp() {
        boolean taken = woken;
        woken = false;
        return taken;
    }
}
