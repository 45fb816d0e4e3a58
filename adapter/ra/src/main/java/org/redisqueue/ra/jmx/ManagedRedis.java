// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdmin;

/** The management beans for one Redis: its connection, and the queues in it that this process uses. */
final class ManagedRedis {

    /** Above this number, no further beans are registered for queues that are only sent to. */
    private static final int MAX_QUEUES = 1_000;

    private static final String UNNECESSARY = "redis-queue:";

    private final RedisSource source;
    private final QueueAdmin admin;
    private final Registry registry;
    private final Executor executor;
    private final Snapshot snapshot;
    private final Map<String, Queue> queues = new ConcurrentHashMap<>();
    private final Consumer<String> sending = this::sent;
    private @Nullable ObjectName connection;
    private int users;

    /** A queue that is in use. */
    private static final class Queue {
        private @Nullable ObjectName bean;
        private int listeners;
        private volatile boolean sent;
    }

    /** @param executor registers the beans of queues that are sent to */
    ManagedRedis(RedisSource source, Registry registry, Executor executor) {
        this.source = source;
        this.admin = source.admin().get().as("jmx", "jmx");
        this.registry = registry;
        this.executor = executor;
        this.snapshot = new Snapshot(admin, System::nanoTime);
    }

    /** Returns the name of the Redis deployment, which contains no credentials. */
    String name() {
        String name = source.client().name();
        return name.startsWith(UNNECESSARY) ? name.substring(UNNECESSARY.length()) : name;
    }

    QueueAdmin admin() {
        return admin;
    }

    /** Returns the id of this process in heartbeats. */
    String server() {
        return source.operations().server();
    }

    /** Returns the names of the queues that have beans, sorted. */
    String[] queues() {
        return queues.keySet().stream().sorted().toArray(String[]::new);
    }

    /** Registers the beans on the first use. Each call requires one call of {@link #leave}. */
    synchronized void join() {
        if (users++ == 0) {
            connection = registry.register(
                    "Connection",
                    name(),
                    new DescribedMBean(
                            new ConnectionBean(
                                    name(),
                                    source.client(),
                                    source.statistics(),
                                    source.operations().unrouted(),
                                    source.operations().deduplication()),
                            ConnectionMXBean.class));
            source.operations().admin().heartbeats().observeSent(sending);
        }
    }

    /**
     * Ends a use. After the last one, unregisters all beans.
     *
     * @return whether this was the last one
     */
    synchronized boolean leave() {
        if (--users > 0) {
            return false;
        }
        close();
        return true;
    }

    /** Ends all uses. The beans are unregistered by their registry. */
    synchronized void close() {
        source.operations().admin().heartbeats().endObservation(sending);
        queues.values().forEach(queue -> registry.unregister(queue.bean));
        queues.clear();
        registry.unregister(connection);
    }

    /** Records that a listener consumes a queue. */
    synchronized void consumed(String name) {
        used(name).listeners++;
    }

    /** Records that a listener no longer consumes a queue. */
    synchronized void noLongerConsumed(String name) {
        Queue queue = queues.get(name);
        if (queue != null && --queue.listeners == 0 && !queue.sent) {
            queues.remove(name);
            registry.unregister(queue.bean);
        }
    }

    /** Called by the thread that sends, which must not wait for the registration. */
    private void sent(String name) {
        Queue queue = queues.get(name);
        if (queue != null && queue.sent || queue == null && queues.size() >= MAX_QUEUES) {
            return;
        }
        try {
            executor.execute(() -> recordSent(name));
        } catch (RejectedExecutionException e) {
            // the adapter is stopping
        }
    }

    private synchronized void recordSent(String name) {
        if (users > 0) {
            used(name).sent = true;
        }
    }

    private Queue used(String name) {
        return queues.computeIfAbsent(name, added -> {
            Queue queue = new Queue();
            queue.bean = registry.register(
                    "Queue", name, new DescribedMBean(new QueueBean(name, name(), admin, snapshot), QueueMXBean.class));
            return queue;
        });
    }
}
