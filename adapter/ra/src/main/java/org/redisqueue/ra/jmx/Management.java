// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.observer.Observers;
import org.redisqueue.ra.statistics.ListenerStatistics;

/**
 * The management beans of one adapter, from its start to its stop. Failures to register them are logged and do not affect
 * the adapter.
 */
public final class Management implements AutoCloseable {

    private final boolean enabled;
    private final Observers observers;
    private final Executor executor;
    private final Registry registry = new Registry();
    private final Notifications notifications = new Notifications();
    private final Map<RedisClient, ManagedRedis> servers = new HashMap<>();
    private final Map<ListenerStatistics, Listener> listeners = new ConcurrentHashMap<>();
    private boolean closed;

    /** A listener with a bean. */
    private record Listener(@Nullable ObjectName bean, ManagedRedis redis) {}

    /**
     * @param enabled whether to register beans; otherwise nothing has an effect
     * @param observers get the observer that emits notifications
     * @param executor registers beans that concern the calling thread only indirectly
     */
    public Management(boolean enabled, Observers observers, Executor executor) {
        this.enabled = enabled;
        this.observers = observers;
        this.executor = executor;
    }

    /**
     * Registers the bean of the adapter.
     *
     * @param name the name of the adapter
     * @param own the Redis of the adapter, which it has joined until {@link #close}
     */
    public synchronized void start(String name, RedisSource own) {
        join(own);
        ManagedRedis redis = servers.get(own.client());
        if (redis != null) {
            AdapterBean adapter = new AdapterBean(redis, notifications, listeners::size);
            ObjectName bean = registry.register(
                    "Adapter", name, new DescribedMBean(adapter, AdapterMXBean.class, notifications.emitter()));
            if (bean != null) {
                notifications.start(bean);
                observers.add(notifications);
            }
        }
    }

    /** Registers the beans of a Redis that is used from now on. Each call requires one call of {@link #leave}. */
    public synchronized void join(RedisSource source) {
        if (enabled && !closed) {
            servers.computeIfAbsent(source.client(), client -> new ManagedRedis(source, registry, executor))
                    .join();
        }
    }

    /** Ends a use of a Redis. After the last one, unregisters its beans. */
    public synchronized void leave(RedisClient client) {
        ManagedRedis redis = servers.get(client);
        if (redis != null && redis.leave()) {
            servers.remove(client);
        }
    }

    /**
     * Registers the beans of listeners that have started. Their Redis must have been joined.
     *
     * @param started the listeners, with what closes their circuit breakers
     */
    public synchronized void add(RedisClient client, Map<ListenerStatistics, Runnable> started) {
        ManagedRedis redis = servers.get(client);
        if (redis == null) {
            return;
        }
        started.forEach((listener, breakerReset) -> {
            ListenerBean bean = new ListenerBean(listener, redis.name(), breakerReset);
            ObjectName name =
                    registry.register("Listener", bean.getName(), new DescribedMBean(bean, ListenerMXBean.class));
            listeners.put(listener, new Listener(name, redis));
            redis.consumed(bean.getQueue());
        });
    }

    /** Unregisters the beans of listeners that have ended. */
    public synchronized void remove(List<ListenerStatistics> ended) {
        for (ListenerStatistics each : ended) {
            Listener listener = listeners.remove(each);
            if (listener != null) {
                registry.unregister(listener.bean());
                listener.redis().noLongerConsumed(each.figures().queue());
            }
        }
    }

    /** Unregisters all beans. */
    @Override
    public void close() {
        observers.remove(notifications);
        notifications.stop();
        synchronized (this) {
            closed = true;
            servers.values().forEach(ManagedRedis::close);
            servers.clear();
            listeners.clear();
        }
        registry.close();
    }
}
