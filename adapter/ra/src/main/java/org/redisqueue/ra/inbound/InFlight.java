// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Counts the workers, deliveries and calls to Redis that have begun and not yet ended.
 *
 * <p>The lock of its owner must be held for all calls, except for {@link #follow} and {@link #awaitIdle}.
 */
final class InFlight {

    private final Object lock;
    private int workers;
    private int deliveries;
    private int messages;
    private int calls;
    private long ended;
    private boolean claiming;

    private final Runnable callEnded;

    /**
     * @param lock the lock of the owner, which is notified whenever one of these ends
     * @param callEnded what to do when a call has ended, without the lock; does not throw
     */
    InFlight(Object lock, Runnable callEnded) {
        this.lock = lock;
        this.callEnded = callEnded;
    }

    /** Returns the number of workers, including those that have been requested and not yet started. */
    int workers() {
        return workers;
    }

    /** Returns the number of workers that are delivering a message or a batch. */
    int deliveries() {
        return deliveries;
    }

    /** Returns the number of messages that these workers have, including those of a batch that are already settled. */
    int messages() {
        return messages;
    }

    /** Returns whether a claim is in progress. There is at most one at a time. */
    boolean isClaiming() {
        return claiming;
    }

    /** Returns how many deliveries, and how many calls that may have returned messages, have ended. */
    long ended() {
        return ended;
    }

    void workersStarted(int started) {
        workers += started;
    }

    void workerEnded() {
        workers--;
        lock.notifyAll();
    }

    /** @param delivered number of messages that are delivered together; 0 if the worker ends instead */
    void deliveryStarted(int delivered) {
        if (delivered == 0) {
            workerEnded();
            return;
        }
        deliveries++;
        messages += delivered;
    }

    /** @param delivered number of messages that were delivered together; 0 if there was no delivery */
    void deliveryEnded(int delivered) {
        if (delivered == 0) {
            return;
        }
        ended++;
        deliveries--;
        messages -= delivered;
        lock.notifyAll();
    }

    void claimStarted() {
        claiming = true;
    }

    void claimEnded() {
        claiming = false;
        lock.notifyAll();
    }

    /** Counts a call to Redis until its reply arrives. */
    void follow(CompletableFuture<?> call) {
        synchronized (lock) {
            calls++;
        }
        call.whenComplete((reply, failure) -> {
            synchronized (lock) {
                calls--;
                ended++;
                lock.notifyAll();
            }
            callEnded.run();
        });
    }

    /**
     * Waits until no delivery and no call is in progress.
     *
     * @param millis maximum time to wait, in milliseconds
     * @return number of deliveries that are still in progress
     */
    int awaitIdle(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (lock) {
            long left = end - System.nanoTime();
            while ((deliveries > 0 || claiming || calls > 0) && left > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
                left = end - System.nanoTime();
            }
            return deliveries;
        }
    }
}
