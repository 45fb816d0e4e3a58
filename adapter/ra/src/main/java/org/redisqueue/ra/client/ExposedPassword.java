// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.redisson.config.BaseConfig;
import org.redisson.config.Config;
import org.redisson.config.SentinelServersConfig;

/** Detects configurations that would send a password to another host without TLS. */
final class ExposedPassword {

    private ExposedPassword() {}

    static boolean isIn(Config config) {
        if (config.isClusterConfig()) {
            return isIn(
                    config,
                    config.useClusterServers(),
                    config.useClusterServers().getNodeAddresses());
        } else if (config.isSentinelConfig()) {
            SentinelServersConfig sentinel = config.useSentinelServers();
            boolean ofSentinels = sentinel.getSentinelPassword() != null;
            return isIn(config, sentinel, sentinel.getSentinelAddresses())
                    || ofSentinels && sentinel.getSentinelAddresses().stream().anyMatch(ExposedPassword::isUnencrypted);
        }
        return isIn(
                config,
                config.useSingleServer(),
                Collections.singletonList(config.useSingleServer().getAddress()));
    }

    @SuppressWarnings("deprecation") // redissonYaml can still set the password of the servers
    private static boolean isIn(Config config, BaseConfig<?> servers, List<String> addresses) {
        boolean forAll = isSet(config.getPassword()) || isSet(servers.getPassword());
        return addresses.stream()
                .filter(ExposedPassword::isUnencrypted)
                .anyMatch(address -> forAll || address.contains("@"));
    }

    private static boolean isSet(String password) {
        return password != null && !password.isEmpty();
    }

    /** Returns whether data sent to this address crosses the network without encryption. */
    private static boolean isUnencrypted(String address) {
        if (address == null || !address.startsWith("redis://")) {
            return false;
        }
        String host = host(address);
        return !host.equals("localhost") && !host.startsWith("127.") && !host.equals("[::1]");
    }

    private static String host(String address) {
        try {
            String host = URI.create(address.replaceFirst("//.*@", "//")).getHost();
            return host == null ? "" : host.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
