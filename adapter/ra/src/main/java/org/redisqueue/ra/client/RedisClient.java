// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.log.LogMessage;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * A Redisson client that all users with equal settings share. It connects on first use and shuts down when its last
 * user releases it.
 *
 * <p>Application servers create several instances of a resource adapter with the same settings. Without sharing, each
 * instance would have its own connections and threads.
 */
public final class RedisClient {

    /** Maximum time for pending calls to end at shutdown. Callers have already waited for their replies. */
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(1);

    /**
     * How long Netty's event loops must be idle before they end. If an event loop ended immediately, a connection that
     * it is still establishing would stay open.
     */
    private static final Duration QUIET_PERIOD = Duration.ofMillis(100);

    private static final Map<Map<String, @Nullable Object>, RedisClient> SHARED = new HashMap<>();

    private final ConnectionSettings settings;
    private final Map<String, @Nullable Object> key;
    private final Config config;
    private final String name;
    private final ServerCheck serverCheck;
    private int users;

    private final Map<Class<?>, Object> companions = new HashMap<>();
    private final List<Runnable> closeActions = new ArrayList<>();
    private final List<Consumer<RedissonClient>> checks = new CopyOnWriteArrayList<>();

    private final Object connecting = new Object();
    private boolean exposedPasswordReported;
    private volatile @Nullable RedissonClient redisson;
    private volatile @Nullable String serverVersion;
    private volatile boolean closed;

    private RedisClient(ConnectionSettings settings, Map<String, @Nullable Object> key) {
        this.settings = settings;
        this.key = key;
        this.config = RedissonConfig.of(settings);
        this.name = RedisName.of(settings, config);
        this.serverCheck = new ServerCheck(settings, config, address());
    }

    /**
     * Returns the client for these settings without connecting it. Each call requires a matching call of
     * {@link #release}.
     *
     * @param properties validated settings, which must not change from now on
     * @throws RedisQueueException if {@code redissonYaml} names a file that cannot be used as a Redisson configuration
     */
    public static RedisClient acquire(ConnectionProperties properties) {
        Map<String, @Nullable Object> key = Configuration.values(properties, ConnectionProperties.class);
        synchronized (SHARED) {
            RedisClient client =
                    SHARED.computeIfAbsent(key, k -> new RedisClient(new ConnectionSettings(properties), k));
            client.users++;
            return client;
        }
    }

    /**
     * Returns the companion of this type: an object that exists once per client. The first call creates it. It is
     * closed together with the client, before the connections.
     *
     * @param factory creates the companion
     * @param closer closes the companion; must not throw
     */
    public <T> T companion(Class<T> type, Function<RedisClient, T> factory, Consumer<T> closer) {
        synchronized (companions) {
            T found = type.cast(companions.get(type));
            if (found == null) {
                found = factory.apply(this);
                companions.put(type, found);
                T made = found;
                closeActions.add(() -> closer.accept(made));
            }
            return found;
        }
    }

    /**
     * Adds a check of the server that runs when the client connects.
     *
     * @param check throws a {@link RedisUnavailableException} if the server must not be used
     */
    public void onConnect(Consumer<RedissonClient> check) {
        checks.add(check);
    }

    /** Releases the client. When the last user calls this method, the connections are closed and the threads end. */
    public void release() {
        synchronized (SHARED) {
            if (--users > 0) {
                return;
            }
            SHARED.remove(key);
        }
        synchronized (companions) {
            BorrowedThread.run(() -> closeActions.forEach(Runnable::run));
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
     * Returns the connected Redisson client. Connects if necessary, which may take several times the connect timeout.
     * Once connected, the client remains usable and reconnects automatically.
     *
     * @throws RedisUnavailableException if Redis cannot be reached, if a check rejects it, for example because its
     *     settings would lose messages, or if the client is closed
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
                AllocatorClasses.load();
                redisson = BorrowedThread.call(this::connect);
            }
            return redisson;
        }
    }

    /**
     * Passes the connected Redisson client to a command that does not block. Connects in the same way as
     * {@link #redisson}.
     *
     * @throws RedisUnavailableException as for {@link #redisson}
     */
    public <T> T call(Function<RedissonClient, T> command) {
        RedissonClient connected = redisson();
        return BorrowedThread.call(() -> command.apply(connected));
    }

    /** Returns whether {@link #redisson} returns without connecting. */
    public boolean isConnected() {
        return redisson != null;
    }

    /**
     * Returns the product and the version of the server to which the client connected, such as {@code Redis 7.0.15} or
     * {@code Valkey 8.1.1}; null if it has not connected yet.
     */
    public @Nullable String serverVersion() {
        return serverVersion;
    }

    /** Returns the exception for calls that are made, or still pending, after the last user has released the client. */
    public RedisUnavailableException closed() {
        return new RedisUnavailableException("RQ-103 The connection to Redis at " + address() + " is closed.");
    }

    /** Returns whether the last user has released the client. */
    public boolean isClosed() {
        return closed;
    }

    /** Returns whether Redis is a cluster, where the keys of different queues may be on different servers. */
    public boolean isCluster() {
        return config.isClusterConfig();
    }

    /** Returns whether a replica can become the master without an operator. */
    boolean hasFailover() {
        return ServerCheck.hasFailover(config);
    }

    /** Returns the addresses of the masters that the connected client knows; empty if it is not connected. */
    Set<String> masters() {
        RedissonClient connected = redisson;
        return connected == null ? Set.of() : BorrowedThread.call(() -> ServerCheck.masterAddresses(connected, config));
    }

    /**
     * Checks the servers again. Blocks.
     *
     * @throws RedisUnavailableException if a server is not safe for messages
     */
    void checkServers() {
        serverCheck.check(redisson());
    }

    public ConnectionSettings settings() {
        return settings;
    }

    /**
     * Returns the name of the Redis deployment for records that outlive the process. Different deployments have
     * different names.
     */
    public String name() {
        return name;
    }

    /** Returns the addresses of Redis for log and error messages, without credentials. */
    public String address() {
        String yaml = settings.getRedissonYaml();
        return yaml != null ? yaml : Configuration.withoutCredentials(settings.getAddresses());
    }

    private RedissonClient connect() {
        RedissonClient created = null;
        if (!exposedPasswordReported && ExposedPassword.isIn(config)) {
            exposedPasswordReported = true;
            LogMessage.PASSWORD_UNPROTECTED.log(address());
        }
        try {
            created = Redisson.create(config);
            String version = serverCheck.check(created);
            for (Consumer<RedissonClient> check : checks) {
                check.accept(created);
            }
            serverVersion = version;
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
        BorrowedThread.run(
                () -> ending.shutdown(QUIET_PERIOD.toNanos(), SHUTDOWN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS));
    }

    @Override
    public String toString() {
        return "RedisClient[" + address() + "]";
    }
}
