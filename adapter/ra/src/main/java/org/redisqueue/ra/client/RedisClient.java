// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.log.LogMessage;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * A Redisson client shared by all who use equal settings. It connects when it is first needed, and is shut down when
 * its last user has closed it.
 *
 * <p>Application servers make several instances of a resource adapter, each with the same settings; they would
 * otherwise each have connections and threads of their own.
 */
public final class RedisClient {

    /** Maximum time for pending calls to end at shutdown. Callers have waited for their replies before. */
    private static final Duration SHUTDOWN = Duration.ofSeconds(1);

    /**
     * How long Netty's event loops must have had nothing to do before they end. An event loop that ends at once leaves
     * connections open that it is just opening.
     */
    private static final Duration QUIET = Duration.ofMillis(100);

    private static final Map<Map<String, Object>, RedisClient> SHARED = new HashMap<>();

    private final ConnectionProperties properties;
    private final Map<String, Object> key;
    private final Config config;
    private final String name;
    private int users;

    private final Map<Class<?>, Object> companions = new HashMap<>();
    private final List<Runnable> endings = new ArrayList<>();
    private final List<Consumer<RedissonClient>> checks = new CopyOnWriteArrayList<>();

    private final Object connecting = new Object();
    private boolean warned;
    private volatile RedissonClient redisson;
    private volatile boolean closed;

    private RedisClient(ConnectionProperties properties, Map<String, Object> key) {
        this.properties = properties;
        this.key = key;
        this.config = RedissonConfig.of(properties);
        this.name = RedisName.of(properties, config);
    }

    /**
     * The client with these settings; each call needs one of {@link #release}. Does not connect.
     *
     * @param properties valid, and not changed from now on
     * @throws RedisQueueException if they name a configuration file of Redisson that cannot be used
     */
    public static RedisClient acquire(ConnectionProperties properties) {
        Map<String, Object> key = Configuration.values(properties);
        synchronized (SHARED) {
            RedisClient client = SHARED.computeIfAbsent(key, k -> new RedisClient(properties, k));
            client.users++;
            return client;
        }
    }

    /**
     * What exists once for each client and ends with it: made at the first call, closed before the connections are.
     *
     * @param closing ends it; must not throw
     */
    public <T> T companion(Class<T> type, Function<RedisClient, T> making, Consumer<T> closing) {
        synchronized (companions) {
            T found = type.cast(companions.get(type));
            if (found == null) {
                found = making.apply(this);
                companions.put(type, found);
                T made = found;
                endings.add(() -> closing.accept(made));
            }
            return found;
        }
    }

    /**
     * Has the server checked when it is connected to.
     *
     * @param check throws a {@link RedisUnavailableException} if the server is not one to be used
     */
    public void onConnect(Consumer<RedissonClient> check) {
        checks.add(check);
    }

    /** Gives the client back; the last user's call closes its connections and ends its threads. */
    public void release() {
        synchronized (SHARED) {
            if (--users > 0) {
                return;
            }
            SHARED.remove(key);
        }
        synchronized (companions) {
            BorrowedThread.run(() -> endings.forEach(Runnable::run));
        }
        synchronized (connecting) {
            closed = true;
            if (redisson != null) {
                shutDown(redisson);
                redisson = null;
            }
        }
    }

    /**
     * The connected Redisson client. Connects if need be, which may take several times the connect timeout; once
     * connected it stays so, and connects again by itself.
     *
     * @throws RedisUnavailableException if Redis cannot be reached, or its settings would lose messages
     */
    public RedissonClient redisson() {
        RedissonClient connected = redisson;
        if (connected != null) {
            return connected;
        }
        synchronized (connecting) {
            if (closed) {
                throw closed();
            }
            if (redisson == null) {
                redisson = BorrowedThread.call(this::connect);
            }
            return redisson;
        }
    }

    /**
     * Has the connected Redisson client do something that does not block; connects as {@link #redisson} does.
     *
     * @throws RedisUnavailableException if Redis cannot be reached, or its settings would lose messages
     */
    public <T> T call(Function<RedissonClient, T> command) {
        RedissonClient connected = redisson();
        return BorrowedThread.call(() -> command.apply(connected));
    }

    /** Whether {@link #redisson} returns without connecting. */
    public boolean isConnected() {
        return redisson != null;
    }

    /** What happens to calls that are made, or pending, when the last user has released it. */
    public RedisUnavailableException closed() {
        return new RedisUnavailableException("RQ-103 The connection to Redis at " + address() + " is closed");
    }

    /** Whether the last user has released it. */
    public boolean isClosed() {
        return closed;
    }

    /** Whether the keys of different queues may be on different servers. */
    public boolean isCluster() {
        return config.isClusterConfig();
    }

    public ConnectionProperties properties() {
        return properties;
    }

    /** Which Redis it is, for what outlives this process: never equal for two of them. */
    public String name() {
        return name;
    }

    /** Where Redis is, for messages to people. */
    public String address() {
        return RedissonConfig.isSet(properties.getRedissonYaml())
                ? properties.getRedissonYaml()
                : Configuration.withoutCredentials(properties.getAddresses());
    }

    private RedissonClient connect() {
        RedissonClient created = null;
        if (!warned && ExposedPassword.isIn(config)) {
            warned = true;
            LogMessage.PASSWORD_UNPROTECTED.log(address());
        }
        try {
            created = Redisson.create(config);
            String version = ServerCheck.check(created, config, address());
            for (Consumer<RedissonClient> check : checks) {
                check.accept(created);
            }
            LogMessage.CONNECTED.log(version, address());
            return created;
        } catch (RuntimeException e) {
            if (created != null) {
                shutDown(created);
            }
            if (e instanceof RedisUnavailableException unavailable) {
                throw unavailable;
            }
            throw new RedisUnavailableException(
                    "RQ-103 Cannot connect to Redis at " + address() + ": " + Failures.describe(e));
        }
    }

    private static void shutDown(RedissonClient ending) {
        BorrowedThread.run(() -> ending.shutdown(QUIET.toNanos(), SHUTDOWN.toNanos(), TimeUnit.NANOSECONDS));
    }

    @Override
    public String toString() {
        return "RedisClient[" + address() + "]";
    }
}
