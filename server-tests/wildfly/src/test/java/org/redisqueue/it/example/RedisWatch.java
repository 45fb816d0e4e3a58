// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestRedis;

/** Repeatedly measures the response time of PING over a separate connection. */
final class RedisWatch implements AutoCloseable {

    private static final long INTERVAL_MILLIS = 20;

    private final RespConnection connection;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();

    private RedisWatch(RespConnection connection) {
        this.connection = connection;
        thread.scheduleWithFixedDelay(this::ask, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    static RedisWatch of(TestRedis redis) {
        try {
            return new RedisWatch(new RespConnection(redis.host(), redis.port()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void ask() {
        long start = System.nanoTime();
        asked.set(start);
        connection.call("PING");
        longest.accumulateAndGet(System.nanoTime() - start, Math::max);
        asked.set(0);
    }

    /** The longest response time so far, including the time that a pending request has been waiting. */
    Duration longest() {
        long since = asked.get();
        long waiting = since == 0 ? 0 : System.nanoTime() - since;
        return Duration.ofNanos(Math.max(waiting, longest.get()));
    }

    @Override
    public void close() {
        thread.shutdownNow();
        connection.close();
    }
}
