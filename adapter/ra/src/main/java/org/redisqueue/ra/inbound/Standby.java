// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one worker of a listener that has run out of messages on its thread for a moment, so that the next message need
 * not wait until the container has provided a thread.
 *
 * <p>A worker that stands by counts as ended, and as started when it is called. So that listeners do not take each
 * other's threads, few workers stand by at a time, and none of them for long.
 */
final class Standby {

    /** How long a worker occupies a thread of the container without a message. */
    static final Duration MAX = Duration.ofMillis(100);

    /** How long after its start a worker may begin to stand by, because others may wait for its thread. */
    private static final Duration MAX_SINCE_START = Duration.ofSeconds(1);

    /** How many workers of all listeners may stand by at a time. */
    private static final Semaphore PLACES = new Semaphore(8);

    private final Object lock;
    private final long maxNanos;
    private final Semaphore places;
    private volatile @Nullable Thread waiting;
    private @Nullable Thread called;
    private boolean closed;

    /**
     * @param lock the lock of the dispatcher
     * @param max how long a worker stands by
     */
    Standby(Object lock, Duration max) {
        this(lock, max, PLACES);
    }

    /** @param places a permit for each worker that may stand by */
    Standby(Object lock, Duration max, Semaphore places) {
        this.lock = lock;
        this.maxNanos = max.toNanos();
        this.places = places;
    }

    /**
     * Lets the worker of the current thread stand by, if it may. The lock must not be held.
     *
     * @param started when the worker was started, as {@link System#nanoTime}
     * @return whether the worker was called; otherwise it must end
     */
    boolean await(long started) {
        if (System.nanoTime() - started > MAX_SINCE_START.toNanos() || !places.tryAcquire()) {
            return false;
        }
        try {
            return enter() && standBy();
        } finally {
            places.release();
        }
    }

    private boolean enter() {
        synchronized (lock) {
            if (closed || waiting != null || called != null) {
                return false;
            }
            waiting = Thread.currentThread();
            return true;
        }
    }

    @SuppressWarnings("ReferenceEquality") // is it this very thread?
    private boolean standBy() {
        Thread current = Thread.currentThread();
        boolean wasCalled;
        try {
            long end = System.nanoTime() + maxNanos;
            for (long left = maxNanos; left > 0 && waiting == current; left = end - System.nanoTime()) {
                if (current.isInterrupted()) {
                    break; // the container ends its threads
                }
                LockSupport.parkNanos(this, left);
            }
        } finally {
            synchronized (lock) {
                wasCalled = called == current;
                if (wasCalled) {
                    called = null;
                } else if (waiting == current) {
                    waiting = null;
                }
            }
        }
        return wasCalled;
    }

    /** Calls the worker that stands by. Returns false if there is none. The lock is held. */
    boolean call() {
        Thread next = waiting;
        if (next == null) {
            return false;
        }
        called = next;
        dismiss();
        return true;
    }

    /** Ends the worker that stands by, and lets no further one do so. The lock is held. */
    void close() {
        closed = true;
        dismiss();
    }

    private void dismiss() {
        Thread next = waiting;
        waiting = null;
        LockSupport.unpark(next);
    }
}
