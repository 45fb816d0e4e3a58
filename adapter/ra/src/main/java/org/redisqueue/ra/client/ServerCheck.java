// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.redisqueue.ra.log.LogMessage;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisNode;
import org.redisson.api.redisnode.RedisNode.InfoSection;
import org.redisson.api.redisnode.RedisNodes;
import org.redisson.client.RedisException;
import org.redisson.config.Config;

/** Checks that the version and the settings of a Redis server are safe for messages. */
final class ServerCheck {

    private static final int[] MINIMUM_VERSION = {6, 2};

    private ServerCheck() {}

    /**
     * Checks every master. Logs a warning for a master that cannot be checked or has no append-only file.
     *
     * @return the product and its version, for the log, such as {@code Redis 7.0.15} or {@code Valkey 8.1.1}
     * @throws RedisUnavailableException if a server is too old or may evict messages
     */
    static String check(RedissonClient redisson, Config config, String address) {
        String product = "Redis of unknown version";
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
                requireVersion(version, address);
            }
            String policy = info.getOrDefault("maxmemory_policy", "noeviction");
            if (!policy.equals("noeviction")) {
                throw new RedisUnavailableException(
                        "RQ-104 Redis at " + address + " may evict messages because its maxmemory-policy is '" + policy
                                + "'. Set it to 'noeviction'.");
            }
            if ("0".equals(info.get("aof_enabled"))) {
                LogMessage.NO_PERSISTENCE.log(address);
            }
        }
        return product;
    }

    private static void requireVersion(String version, String address) {
        String[] parts = version.split("\\.");
        try {
            for (int i = 0; i < MINIMUM_VERSION.length; i++) {
                int part = Integer.parseInt(parts[i]);
                if (part > MINIMUM_VERSION[i]) {
                    return;
                }
                if (part < MINIMUM_VERSION[i]) {
                    throw new RedisUnavailableException("RQ-105 Redis at " + address + " is version " + version
                            + ", but 6.2 or later is required.");
                }
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            LogMessage.SERVER_NOT_CHECKED.log(address, "unknown version format '" + version + "'");
        }
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
