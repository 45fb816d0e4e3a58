// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisson.config.ClusterServersConfig;
import org.redisson.config.Config;
import org.redisson.config.SentinelServersConfig;
import org.redisson.config.SingleServerConfig;

/**
 * Names a Redis deployment, or the part of it that belongs to a key prefix. The name is unique and survives a restart.
 *
 * <p>The name contains the addresses to which the client connects, even if a Redisson file specifies them, because the
 * file may change. It also contains the path of that file, because the file may map keys to other keys.
 */
final class RedisName {

    private RedisName() {}

    static String of(ConnectionSettings settings, Config config) {
        String server;
        if (config.isClusterConfig()) {
            ClusterServersConfig cluster = config.useClusterServers();
            server = "cluster:" + addresses(cluster.getNodeAddresses()) + "/" + cluster.getDatabase();
        } else if (config.isSentinelConfig()) {
            SentinelServersConfig sentinel = config.useSentinelServers();
            server = "sentinel:" + addresses(sentinel.getSentinelAddresses()) + "/" + sentinel.getMasterName() + "/"
                    + sentinel.getDatabase();
        } else {
            SingleServerConfig single = config.useSingleServer();
            server = "single:" + addresses(Collections.singletonList(single.getAddress())) + "/" + single.getDatabase();
        }
        String name = "redis-queue:" + server + "/" + settings.getKeyPrefix();
        String yaml = settings.getRedissonYaml();
        return yaml == null ? name : name + " " + yaml;
    }

    private static String addresses(List<String> addresses) {
        return addresses.stream()
                .map(String::valueOf)
                .map(Configuration::withoutCredentials)
                .collect(Collectors.joining(","));
    }
}
