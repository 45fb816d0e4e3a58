// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.spi.AdapterHealth;

/**
 * Asks Redis every second whether it answers, from the first question about the health on. Each {@link RedisClient} has
 * one monitor.
 */
public final class RedisMonitor {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** After a failed attempt to connect, the next one is made when this time has passed. */
    private static final Duration RECONNECTION_DELAY = Duration.ofSeconds(5);

    /** The timer renews leases and wakes listeners. If it has not run for this time, it is stuck. */
    static final Duration LONGEST_TIMER_DELAY = Duration.ofMinutes(1);

    private final RedisClient client;
    private final QueueOperations operations;
    private final ScheduledExecutorService timer;
    private final Duration timeout;
    private final Duration longestTimerDelay;
    private final AdapterThreadFactory threads = new AdapterThreadFactory("redis-queue-health");

    private @Nullable ScheduledFuture<?> asking;
    private boolean pending;
    private boolean everAnswered;
    private boolean connected;
    private long ranAt;
    private @Nullable Long connectsFrom;

    /** When the oldest question was asked that Redis has not answered; null if it has answered all. */
    private @Nullable Moment unanswered;

    private record Moment(long nanos, Instant instant) {

        static Moment now() {
            return new Moment(System.nanoTime(), Instant.now());
        }

        Duration age() {
            return Duration.ofNanos(System.nanoTime() - nanos);
        }
    }

    /** @param timeout how long Redis may be unreachable */
    RedisMonitor(
            RedisClient client,
            QueueOperations operations,
            ScheduledExecutorService timer,
            Duration timeout,
            Duration longestTimerDelay) {
        this.client = client;
        this.operations = operations;
        this.timer = timer;
        this.timeout = timeout;
        this.longestTimerDelay = longestTimerDelay;
    }

    /**
     * Returns the monitor of the Redis of a client.
     *
     * @param operations the operations that all users of the client share
     * @param timer asks Redis
     */
    public static RedisMonitor of(RedisClient client, QueueOperations operations, ScheduledExecutorService timer) {
        Duration timeout = Duration.ofMillis(client.settings().getHealthTimeout());
        return client.companion(
                RedisMonitor.class,
                made -> new RedisMonitor(client, operations, timer, timeout, LONGEST_TIMER_DELAY),
                RedisMonitor::close);
    }

    /** Returns the most recent health without blocking. */
    public synchronized AdapterHealth health() {
        if (asking == null) {
            ranAt = System.nanoTime();
            asking = timer.scheduleWithFixedDelay(this::ask, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
        boolean reachable = unanswered == null || unanswered.age().compareTo(timeout) <= 0;
        return new AdapterHealth(
                everAnswered && reachable,
                System.nanoTime() - ranAt <= longestTimerDelay.toNanos(),
                connected,
                connected || unanswered == null ? Optional.empty() : Optional.of(unanswered.instant()));
    }

    /** Asks Redis, unless it has not answered the previous question. Runs on the timer and does not block. */
    private void ask() {
        synchronized (this) {
            ranAt = System.nanoTime();
            if (pending || connectsFrom != null && connectsFrom - ranAt > 0) {
                return;
            }
            pending = true;
            unanswered = unanswered == null ? Moment.now() : unanswered;
        }
        try {
            if (client.isConnected()) {
                operations.answers().whenComplete((answered, failure) -> ended(failure == null && answered));
            } else {
                threads.newThread(this::connect).start();
            }
        } catch (RuntimeException | Error e) { // the client is closed, or no thread can be created
            ended(false);
        }
    }

    /** Connects, which blocks. The next question is asked over the connection. */
    private void connect() {
        try {
            operations.connect();
            ended(true);
        } catch (RuntimeException | Error e) {
            failedToConnect();
        }
    }

    private synchronized void failedToConnect() {
        connectsFrom = System.nanoTime() + RECONNECTION_DELAY.toNanos();
        ended(false);
    }

    private synchronized void ended(boolean answered) {
        pending = false;
        connected = answered;
        if (answered) {
            everAnswered = true;
            connectsFrom = null;
            unanswered = null;
        }
    }

    private synchronized void close() {
        if (asking != null) {
            asking.cancel(false);
        }
    }
}
