// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.log.LogMessage;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisNode;
import org.redisson.api.redisnode.RedisNode.InfoSection;
import org.redisson.api.redisnode.RedisNodes;
import org.redisson.client.RedisException;
import org.redisson.config.Config;

/** Checks that the version and the settings of the Redis servers are safe for messages. */
final class ServerCheck {

    private static final int[] MINIMUM_VERSION = {6, 2};

    /** The first version that waits for its disk (WAITAOF). */
    private static final int[] MINIMUM_VERSION_FOR_LOCAL = {7, 2};

    private final ConnectionSettings settings;
    private final Config config;
    private final String address;

    ServerCheck(ConnectionSettings settings, Config config, String address) {
        this.settings = settings;
        this.config = config;
        this.address = address;
    }

    /**
     * Checks every master. Logs a warning for a master that cannot be checked, has no append-only file or has fewer
     * replicas than transactions wait for.
     *
     * @return the product and its version, for the log, such as {@code Redis 7.0.15} or {@code Valkey 8.1.1}
     * @throws RedisUnavailableException if a server is too old, may evict messages, or cannot confirm calls as required
     */
    String check(RedissonClient redisson) {
        String product = "Redis of unknown version";
        boolean mayFailOver = false;
        for (RedisNode master : masters(redisson, config)) {
            Map<String, String> info;
            try {
                info = master.info(InfoSection.ALL);
            } catch (RedisException e) {
                LogMessage.SERVER_NOT_CHECKED.log(address, Failures.describe(e));
                continue;
            }
            String version = info.get("redis_version"); // of Valkey: the version of Redis with which it is compatible
            if (version != null) {
                String valkey = info.get("valkey_version");
                product = valkey == null ? "Redis " + version : "Valkey " + valkey;
                requireVersion(version, product);
            }
            checkSettings(info);
            mayFailOver |= checkReplicas(info, addressOf(master));
        }
        if (mayFailOver && settings.getWaitReplicas() == 0) {
            LogMessage.NO_CONFIRMATION.log(address);
        }
        return product;
    }

    private void checkSettings(Map<String, String> info) {
        String policy = info.getOrDefault("maxmemory_policy", "noeviction");
        if (!policy.equals("noeviction")) {
            throw new RedisUnavailableException("RQ-104 Redis at " + address
                    + " may evict messages because its maxmemory-policy is '" + policy + "'. Set it to 'noeviction'.");
        }
        if ("0".equals(info.get("aof_enabled"))) {
            if (settings.isWaitingForLocalDisk()) {
                throw new RedisUnavailableException("RQ-140 Redis at " + address
                        + " has no append-only file, which waitLocal=true requires. Set 'appendonly yes' in its"
                        + " configuration.");
            }
            LogMessage.NO_PERSISTENCE.log(address);
        }
    }

    /** Reports missing replicas; returns whether one of the replicas can become the master. */
    private boolean checkReplicas(Map<String, String> info, String master) {
        int connected = Integer.parseInt(info.getOrDefault("connected_slaves", "0"));
        if (connected < settings.getWaitReplicas()) {
            LogMessage.TOO_FEW_REPLICAS.log(master, connected, settings.getWaitReplicas());
        }
        return connected > 0 && hasFailover(config);
    }

    /** Whether a replica can become the master without an operator. */
    static boolean hasFailover(Config config) {
        return config.isClusterConfig() || config.isSentinelConfig();
    }

    private void requireVersion(String version, String product) {
        String[] parts = version.split("\\.");
        try {
            if (isBefore(parts, MINIMUM_VERSION)) {
                throw new RedisUnavailableException(
                        "RQ-105 Redis at " + address + " is version " + version + ", but 6.2 or later is required.");
            }
            if (settings.isWaitingForLocalDisk() && isBefore(parts, MINIMUM_VERSION_FOR_LOCAL)) {
                throw new RedisUnavailableException(
                        "RQ-141 waitLocal=true requires Redis 7.2 or Valkey, but the server at " + address + " is "
                                + product + ". Use a later version, or 'appendfsync always' instead.");
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            LogMessage.SERVER_NOT_CHECKED.log(address, "unknown version format '" + version + "'");
        }
    }

    private static boolean isBefore(String[] version, int[] minimum) {
        for (int i = 0; i < minimum.length; i++) {
            int part = Integer.parseInt(version[i]);
            if (part != minimum[i]) {
                return part < minimum[i];
            }
        }
        return false;
    }

    /** The addresses of the masters that the client knows. Makes no call to Redis. */
    static Set<String> masterAddresses(RedissonClient redisson, Config config) {
        return masters(redisson, config).stream()
                .map(ServerCheck::addressOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String addressOf(RedisNode node) {
        return node.getAddr().getHostString() + ":" + node.getAddr().getPort();
    }

    private static Collection<? extends RedisNode> masters(RedissonClient redisson, Config config) {
        if (config.isClusterConfig()) {
            return redisson.getRedisNodes(RedisNodes.CLUSTER).getMasters();
        }
        if (config.isSentinelConfig()) {
            return List.of(
                    redisson.getRedisNodes(RedisNodes.SENTINEL_MASTER_SLAVE).getMaster());
        }
        return List.of(redisson.getRedisNodes(RedisNodes.SINGLE).getInstance());
    }
}
