// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.protocol.HeartbeatOperations.Deliveries;
import org.redisqueue.ra.protocol.QueueOperations;

/** The figures of all listeners that consume from one Redis. Each {@link RedisClient} has one object. */
public final class ServerStatistics {

    private final QueueOperations operations;
    private final DeliveryCounts counts = new DeliveryCounts();
    private final DeliveryObserver receiving = new ReceiveStatistics(counts);
    private final Map<Integer, ListenerStatistics> listeners = new ConcurrentHashMap<>();

    ServerStatistics(QueueOperations operations) {
        this.operations = operations;
    }

    /**
     * Returns the figures of the users of this client.
     *
     * @param operations the operations that all users of the client share
     */
    public static ServerStatistics of(RedisClient client, QueueOperations operations) {
        return client.companion(ServerStatistics.class, made -> new ServerStatistics(operations), closed -> {});
    }

    /**
     * Creates the figures of a listener. They are reported from its {@linkplain #add start} to its
     * {@linkplain ListenerStatistics#end end}.
     *
     * @param concurrency maximum number of concurrent deliveries
     */
    public ListenerStatistics newListener(String name, String queue, int concurrency) {
        return new ListenerStatistics(operations.newListener(name), queue, concurrency, counts);
    }

    /** Records that a listener has started. */
    public void add(ListenerStatistics listener) {
        listeners.put(listener.listener().number(), listener);
    }

    /** Returns what observes the messages that applications receive. */
    public DeliveryObserver receiving() {
        return receiving;
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
