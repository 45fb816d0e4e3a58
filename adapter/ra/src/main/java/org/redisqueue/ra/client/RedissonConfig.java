// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.BaseConfig;
import org.redisson.config.BaseMasterSlaveServersConfig;
import org.redisson.config.Config;
import org.redisson.config.ReadMode;
import org.redisson.config.SslVerificationMode;
import org.redisson.config.SubscriptionMode;

/** Converts connection properties to the configuration of a Redisson client. */
final class RedissonConfig {

    private RedissonConfig() {}

    static Config of(ConnectionProperties properties) {
        Config config = isSet(properties.getRedissonYaml()) ? fromFile(properties) : fromProperties(properties);
        // Data from Redis is never deserialized into Java objects.
        config.setCodec(StringCodec.INSTANCE);
        // Redisson must not search the arguments of scripts for references to its own objects either.
        config.setReferenceEnabled(false);
        config.setLazyInitialization(false);
        config.setUseThreadClassLoader(false); // otherwise it retains the class loader of each calling application
        return config;
    }

    private static Config fromFile(ConnectionProperties properties) {
        Config config;
        try {
            config = Config.fromYAML(new File(properties.getRedissonYaml()), RedissonConfig.class.getClassLoader());
        } catch (IOException | RuntimeException e) {
            throw new RedisQueueException("RQ-102 The file that redissonYaml names, '" + properties.getRedissonYaml()
                    + "', is not a Redisson configuration: " + Failures.describe(e));
        }
        if (config.isSingleConfig()) {
            withoutRetries(config.useSingleServer());
        } else if (config.isSentinelConfig()) {
            readFromMasterOnly(withoutRetries(config.useSentinelServers()));
        } else if (config.isClusterConfig()) {
            readFromMasterOnly(withoutRetries(config.useClusterServers()));
        } else {
            throw new RedisQueueException("RQ-102 The file that redissonYaml names, '" + properties.getRedissonYaml()
                    + "', contains none of singleServerConfig, sentinelServersConfig and clusterServersConfig.");
        }
        return config;
    }

    private static Config fromProperties(ConnectionProperties properties) {
        Config config = new Config();
        config.setThreads(2).setNettyThreads(0);
        if (isSet(properties.getUser())) {
            config.setUsername(properties.getUser());
            config.setPassword(""); // without a password, Redisson does not send the user
        }
        if (isSet(properties.getPassword())) {
            config.setPassword(properties.getPassword());
        }
        secure(config, properties);
        String[] addresses = properties.getAddresses().trim().split("\\s*,\\s*");
        switch (properties.getMode()) {
            case "sentinel" -> {
                var sentinel = readFromMasterOnly(common(config.useSentinelServers(), properties))
                        .setMasterName(properties.getMasterName())
                        .setDatabase(properties.getDatabase())
                        .addSentinelAddress(addresses)
                        .setCheckSentinelsList(false);
                if (isSet(properties.getSentinelUser())) {
                    sentinel.setSentinelUsername(properties.getSentinelUser());
                }
                if (isSet(properties.getSentinelPassword())) {
                    sentinel.setSentinelPassword(properties.getSentinelPassword());
                }
                pool(sentinel, properties);
            }
            case "cluster" ->
                pool(
                        readFromMasterOnly(common(config.useClusterServers(), properties))
                                .addNodeAddress(addresses),
                        properties);
            default ->
                common(config.useSingleServer(), properties)
                        .setAddress(addresses[0])
                        .setDatabase(properties.getDatabase())
                        .setConnectionPoolSize(properties.getPoolSize())
                        .setConnectionMinimumIdleSize(properties.getMinimumIdle())
                        .setSubscriptionConnectionMinimumIdleSize(0);
        }
        return config;
    }

    private static <T extends BaseConfig<T>> T common(T config, ConnectionProperties properties) {
        return withoutRetries(config)
                .setConnectTimeout(properties.getConnectTimeout())
                .setTimeout(properties.getResponseTimeout())
                .setIdleConnectionTimeout(properties.getIdleTimeout())
                .setPingConnectionInterval(properties.getPingInterval())
                .setClientName(properties.getClientName());
    }

    /**
     * Disables the retries of the client. A call whose reply was lost may have been executed, and only the protocol can
     * decide whether to retry it.
     */
    private static <T extends BaseConfig<T>> T withoutRetries(T config) {
        return config.setRetryAttempts(0);
    }

    private static <T extends BaseMasterSlaveServersConfig<T>> T readFromMasterOnly(T config) {
        return config.setReadMode(ReadMode.MASTER).setSubscriptionMode(SubscriptionMode.MASTER);
    }

    private static <T extends BaseMasterSlaveServersConfig<T>> void pool(T config, ConnectionProperties properties) {
        config.setMasterConnectionPoolSize(properties.getPoolSize())
                .setMasterConnectionMinimumIdleSize(properties.getMinimumIdle())
                .setSubscriptionConnectionMinimumIdleSize(0);
    }

    private static void secure(Config config, ConnectionProperties properties) {
        config.setSslVerificationMode(
                "false".equals(properties.getVerifyHostname())
                        ? SslVerificationMode.CA_ONLY
                        : SslVerificationMode.STRICT);
        if (isSet(properties.getTrustStore())) {
            config.setSslTruststore(url(properties.getTrustStore()));
            config.setSslTruststorePassword(properties.getTrustStorePassword());
        }
        if (isSet(properties.getKeyStore())) {
            config.setSslKeystore(url(properties.getKeyStore()));
            config.setSslKeystorePassword(properties.getKeyStorePassword());
        }
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    static boolean isSet(String text) {
        return text != null && !text.isEmpty();
    }
}
