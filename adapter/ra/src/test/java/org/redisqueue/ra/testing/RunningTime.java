// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A clock that stands still while the threads of this JVM or a Redis server do not run, for tests with time limits on a
 * busy machine. One thread measures how much longer than intended it sleeps, another one how long Redis takes to answer.
 * The clock may run too slowly, because both may measure the same stall, but not too fast.
 */
public final class RunningTime implements AutoCloseable {

    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final RespConnection connection;
    private final Stalls threads = new Stalls();
    private final Stalls replies = new Stalls();
    private final List<Thread> measuring = new ArrayList<>();
    private volatile boolean closed;

    private static final class Stalls {

        private long total;
        private long expected = System.nanoTime();

        /** Records that what was expected at a time has happened, and when something is expected next. */
        synchronized void happened(long nanosUntilNext) {
            long now = System.nanoTime();
            total += Math.max(0, now - expected);
            expected = now + nanosUntilNext;
        }

        synchronized long total(long now) {
            return total + Math.max(0, now - expected);
        }
    }

    public RunningTime(TestRedis redis) {
        connection = redis.connect();
        start("test-threads", () -> {
            LockSupport.parkNanos(PERIOD_NANOS);
            threads.happened(PERIOD_NANOS);
        });
        start("test-replies", () -> {
            replies.happened(0);
            connection.call("PING");
            replies.happened(PERIOD_NANOS);
            LockSupport.parkNanos(PERIOD_NANOS);
        });
    }

    private void start(String name, Runnable step) {
        Thread thread = new Thread(
                () -> {
                    while (!closed) {
                        step.run();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.setPriority(Thread.MAX_PRIORITY);
        thread.start();
        measuring.add(thread);
    }

    /** The time in nanoseconds since some moment. */
    public long nanos() {
        long now = System.nanoTime();
        return now - threads.total(now) - replies.total(now);
    }

    /** The total duration of the stalls so far, in milliseconds. */
    public long stalledMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos());
    }

    /** Ends the measurement. Must be called before Redis stops. */
    @Override
    public void close() {
        closed = true;
        try {
            for (Thread thread : measuring) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connection.close();
    }
}
