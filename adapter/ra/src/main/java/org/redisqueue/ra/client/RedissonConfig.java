// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.config.ConnectionSettings;
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

    static Config of(ConnectionSettings settings) {
        String yaml = settings.getRedissonYaml();
        Config config = yaml == null ? fromProperties(settings) : fromFile(yaml);
        // Data from Redis is never deserialized into Java objects.
        config.setCodec(StringCodec.INSTANCE);
        // Nor must Redisson scan script arguments for Redisson objects.
        config.setReferenceEnabled(false);
        config.setLazyInitialization(false);
        // In a cluster, Redisson must send the source of a script: a node to which it is redirected may not know it.
        config.setUseScriptCache(!config.isClusterConfig());
        config.setUseThreadClassLoader(false); // otherwise it retains the class loader of each calling application
        return config;
    }

    private static Config fromFile(String yaml) {
        Config config;
        try {
            config = Config.fromYAML(new File(yaml), RedissonConfig.class.getClassLoader());
        } catch (IOException | RuntimeException e) {
            throw new RedisQueueException("RQ-102 Invalid Redisson configuration file '" + yaml
                    + "' (property redissonYaml): " + Failures.describe(e));
        }
        if (config.isSingleConfig()) {
            withoutRetries(config.useSingleServer());
        } else if (config.isSentinelConfig()) {
            useMasterOnly(withoutRetries(config.useSentinelServers()));
        } else if (config.isClusterConfig()) {
            useMasterOnly(withoutRetries(config.useClusterServers()));
        } else {
            throw new RedisQueueException("RQ-102 Invalid Redisson configuration file '" + yaml
                    + "' (property redissonYaml): must contain singleServerConfig, sentinelServersConfig or"
                    + " clusterServersConfig.");
        }
        return config;
    }

    private static Config fromProperties(ConnectionSettings settings) {
        Config config = new Config();
        config.setThreads(2).setNettyThreads(0);
        if (isSet(settings.getUser())) {
            config.setUsername(settings.getUser());
            config.setPassword(""); // without a password, Redisson does not send the user
        }
        if (isSet(settings.getPassword())) {
            config.setPassword(settings.getPassword());
        }
        configureTls(config, settings);
        String[] addresses = settings.getAddresses().trim().split("\\s*,\\s*");
        switch (settings.getMode()) {
            case "sentinel" -> {
                var sentinel = useMasterOnly(applyCommonSettings(config.useSentinelServers(), settings))
                        .setMasterName(settings.getMasterName())
                        .setDatabase(settings.getDatabase())
                        .addSentinelAddress(addresses)
                        .setCheckSentinelsList(false);
                if (isSet(settings.getSentinelUser())) {
                    sentinel.setSentinelUsername(settings.getSentinelUser());
                }
                if (isSet(settings.getSentinelPassword())) {
                    sentinel.setSentinelPassword(settings.getSentinelPassword());
                }
                configurePool(sentinel, settings);
            }
            case "cluster" ->
                configurePool(
                        useMasterOnly(applyCommonSettings(config.useClusterServers(), settings))
                                .addNodeAddress(addresses),
                        settings);
            default ->
                applyCommonSettings(config.useSingleServer(), settings)
                        .setAddress(addresses[0])
                        .setDatabase(settings.getDatabase())
                        .setConnectionPoolSize(settings.getPoolSize())
                        .setConnectionMinimumIdleSize(settings.getMinimumIdle())
                        .setSubscriptionConnectionMinimumIdleSize(0);
        }
        return config;
    }

    private static <T extends BaseConfig<T>> T applyCommonSettings(T config, ConnectionSettings settings) {
        return withoutRetries(config)
                .setConnectTimeout(settings.getConnectTimeout())
                .setTimeout(settings.getResponseTimeout())
                .setIdleConnectionTimeout(settings.getIdleTimeout())
                .setPingConnectionInterval(settings.getPingInterval())
                .setClientName(settings.getClientName());
    }

    /**
     * Disables the retries of the client. A call whose reply was lost may have been executed, and only the protocol can
     * decide whether to retry it.
     */
    private static <T extends BaseConfig<T>> T withoutRetries(T config) {
        return config.setRetryAttempts(0);
    }

    private static <T extends BaseMasterSlaveServersConfig<T>> T useMasterOnly(T config) {
        return config.setReadMode(ReadMode.MASTER).setSubscriptionMode(SubscriptionMode.MASTER);
    }

    private static <T extends BaseMasterSlaveServersConfig<T>> void configurePool(
            T config, ConnectionSettings settings) {
        config.setMasterConnectionPoolSize(settings.getPoolSize())
                .setMasterConnectionMinimumIdleSize(settings.getMinimumIdle())
                .setSubscriptionConnectionMinimumIdleSize(0);
    }

    private static void configureTls(Config config, ConnectionSettings settings) {
        config.setSslVerificationMode(
                settings.isHostnameVerified() ? SslVerificationMode.STRICT : SslVerificationMode.CA_ONLY);
        String trustStore = settings.getTrustStore();
        if (trustStore != null && !trustStore.isEmpty()) {
            config.setSslTruststore(url(trustStore));
            config.setSslTruststorePassword(settings.getTrustStorePassword());
        }
        String keyStore = settings.getKeyStore();
        if (keyStore != null && !keyStore.isEmpty()) {
            config.setSslKeystore(url(keyStore));
            config.setSslKeystorePassword(settings.getKeyStorePassword());
        }
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isEmpty();
    }
}
