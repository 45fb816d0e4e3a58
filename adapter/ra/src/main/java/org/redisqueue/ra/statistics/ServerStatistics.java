// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.protocol.HeartbeatOperations.Deliveries;
import org.redisqueue.ra.protocol.QueueOperations;

/** The figures of all listeners that consume from one Redis. Each {@link RedisClient} has one object. */
public final class ServerStatistics {

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(1);

    private final QueueOperations operations;
    private final DeliveryCounts counts = new DeliveryCounts();
    private final ConnectionLosses losses = new ConnectionLosses();
    private final DeliveryObserver receiving = new ReceiveStatistics(counts);
    private final Map<Integer, ListenerStatistics> listeners = new ConcurrentHashMap<>();

    private final ScheduledExecutorService timer;
    private final Duration interval;
    private final Heartbeat heartbeat;
    private int users;
    private @Nullable ScheduledFuture<?> sending;

    /** @param interval the time between heartbeats */
    ServerStatistics(
            RedisClient client, QueueOperations operations, ScheduledExecutorService timer, Duration interval) {
        this.operations = operations;
        this.timer = timer;
        this.interval = interval;
        this.heartbeat = new Heartbeat(client, operations, this);
    }

    /**
     * Returns the figures of the users of this client.
     *
     * @param operations the operations that all users of the client share
     * @param timer sends heartbeats
     */
    public static ServerStatistics of(RedisClient client, QueueOperations operations, ScheduledExecutorService timer) {
        return client.companion(
                ServerStatistics.class,
                made -> new ServerStatistics(client, operations, timer, INTERVAL),
                ServerStatistics::cancel);
    }

    /** Sends heartbeats from now on. Each call requires one call of {@link #leave}. */
    public synchronized void join() {
        if (users++ == 0) {
            sending = timer.scheduleWithFixedDelay(
                    this::send, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void send() {
        try {
            heartbeat.send(false);
        } catch (RuntimeException e) {
            // The client has been closed meanwhile; otherwise the next heartbeat may succeed.
        }
    }

    /** Ends the use of this server. When its last user leaves, reports that it has stopped, and waits briefly for that. */
    public void leave() {
        synchronized (this) {
            if (--users > 0) {
                return;
            }
            cancel();
        }
        try {
            heartbeat.stop().get(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            // operators will see that the heartbeats have ended
        }
    }

    private synchronized void cancel() {
        if (sending != null) {
            sending.cancel(false);
            sending = null;
        }
    }

    /**
     * Creates the figures of a listener. They are reported from its {@linkplain #add start} to its
     * {@linkplain ListenerStatistics#end end}.
     *
     * @param concurrency maximum number of concurrent deliveries
     */
    public ListenerStatistics newListener(String name, String queue, int concurrency) {
        return new ListenerStatistics(operations.newListener(name), queue, concurrency, counts, losses);
    }

    /** Records that a listener has started. */
    public void add(ListenerStatistics listener) {
        listeners.put(listener.listener().number(), listener);
    }

    /** Returns what observes the messages that applications receive. */
    public DeliveryObserver receiving() {
        return receiving;
    }

    /** Returns the last time that a listener could not reach Redis; null if none has occurred. */
    public ConnectionLosses.@Nullable Loss lastLoss() {
        return losses.last();
    }

    /** Returns whether a listener cannot reach Redis now. */
    public boolean isConnectionLost() {
        return figures().values().stream().anyMatch(listener -> !listener.connected());
    }

    /** Returns the figures of the listeners by number, and removes those that have ended. */
    Map<Integer, ListenerStatistics.Figures> figures() {
        listeners.values().removeIf(ListenerStatistics::hasEnded);
        Map<Integer, ListenerStatistics.Figures> figures = new TreeMap<>();
        listeners.forEach((number, listener) -> figures.put(number, listener.figures()));
        return figures;
    }

    /** Returns how many deliveries of each queue have ended since the last call. */
    Map<String, Deliveries> takeDeliveries() {
        return counts.take();
    }
}
