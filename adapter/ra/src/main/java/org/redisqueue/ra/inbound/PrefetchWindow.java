// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

/**
 * Decides how many messages to claim ahead of the listeners. Half of the window should keep the workers busy for three
 * times the duration of the last claim, at the rate at which they took messages during that claim. Slow listeners thus
 * leave messages to other servers, and fast listeners do not wait for Redis.
 *
 * <p>Not thread-safe.
 */
final class PrefetchWindow {

    /** Maximum factor by which the prefetch grows if listeners are faster than claims. */
    private static final int MAX_GROWTH = 8;

    /** Total size beyond which the window does not grow, in bytes. */
    private static final long MAX_GROWN_BYTES = 1 << 20;

    /** Size of the window, as a multiple of the messages that workers take during a claim. */
    private static final long CLAIMS_AHEAD = 6;

    private final int configured;
    private int prefetch;
    private int ahead;
    private int requestedAhead;
    private int taken;

    /** @param prefetch the minimum number of messages to claim ahead */
    PrefetchWindow(int prefetch) {
        this.configured = prefetch;
        this.prefetch = prefetch;
        this.ahead = prefetch;
    }

    /**
     * Returns whether it is time to claim: at least half of the window is empty.
     *
     * @param buffered number of claimed messages that wait for a worker
     */
    boolean isOpen(int buffered) {
        return buffered <= ahead / 2;
    }

    /** Claims nothing ahead while the queue has limits, so that what they permit goes to listeners that are free. */
    void limit(boolean limited) {
        prefetch = limited ? 0 : configured;
    }

    /**
     * Returns the number of messages to claim.
     *
     * @param free number of listeners that are not delivering
     * @param buffered number of claimed messages that wait for a worker
     */
    int room(int free, int buffered) {
        return free + ahead - buffered;
    }

    /** Records that a claim begins. */
    void claimStarted() {
        taken = 0;
        requestedAhead = ahead;
    }

    /**
     * Returns how many of the messages to keep that a claim has requested: all of them, unless it has shown that the queue
     * has limits, and messages were requested ahead.
     */
    int usable(int requested) {
        return prefetch == 0 && configured > 0 ? Math.max(1, requested - requestedAhead) : requested;
    }

    /** Records that a worker has taken a message. */
    void messageTaken() {
        taken++;
    }

    /** Records that a worker has taken a batch. */
    void messagesTaken(int messages) {
        taken += messages;
    }

    /**
     * Adapts the window to what workers took during the claim that has ended.
     *
     * @param messages number of messages that were claimed
     * @param bytes their total size, in bytes
     */
    void claimEnded(int messages, long bytes) {
        long average = Math.max(1, bytes / Math.max(1, messages));
        long max = Math.min(MAX_GROWTH * (long) prefetch, MAX_GROWN_BYTES / average);
        ahead = (int) Math.max(prefetch, Math.min(max, CLAIMS_AHEAD * taken));
    }
}
