// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a connection to Redis. Unlike {@link ConnectionProperties}, which may lack values, it has a value for
 * each property that has a default.
 */
public final class ConnectionSettings {

    private final ConnectionProperties properties;

    /** @param properties validated properties with defaults applied; must not be modified afterwards */
    public ConnectionSettings(ConnectionProperties properties) {
        this.properties = properties;
    }

    public String getAddresses() {
        return required(properties.getAddresses(), "addresses");
    }

    public String getMode() {
        return required(properties.getMode(), "mode");
    }

    public int getDatabase() {
        return required(properties.getDatabase(), "database");
    }

    public int getConnectTimeout() {
        return required(properties.getConnectTimeout(), "connectTimeout");
    }

    public int getResponseTimeout() {
        return required(properties.getResponseTimeout(), "responseTimeout");
    }

    public int getRecoveryTimeout() {
        return required(properties.getRecoveryTimeout(), "recoveryTimeout");
    }

    public int getHealthTimeout() {
        return required(properties.getHealthTimeout(), "healthTimeout");
    }

    public int getIdleTimeout() {
        return required(properties.getIdleTimeout(), "idleTimeout");
    }

    public int getPingInterval() {
        return required(properties.getPingInterval(), "pingInterval");
    }

    public int getPoolSize() {
        return required(properties.getPoolSize(), "poolSize");
    }

    public int getMinimumIdle() {
        return required(properties.getMinimumIdle(), "minimumIdle");
    }

    public int getWaitReplicas() {
        return required(properties.getWaitReplicas(), "waitReplicas");
    }

    public int getWaitReplicasTimeout() {
        return required(properties.getWaitReplicasTimeout(), "waitReplicasTimeout");
    }

    public boolean isWaitingForLocalDisk() {
        return "true".equals(properties.getWaitLocal());
    }

    public String getClientName() {
        return required(properties.getClientName(), "clientName");
    }

    public String getKeyPrefix() {
        return required(properties.getKeyPrefix(), "keyPrefix");
    }

    public int getMaxMessageSize() {
        return required(properties.getMaxMessageSize(), "maxMessageSize");
    }

    public boolean isHostnameVerified() {
        return !"false".equals(properties.getVerifyHostname());
    }

    public @Nullable String getMasterName() {
        return properties.getMasterName();
    }

    public @Nullable String getUser() {
        return properties.getUser();
    }

    public @Nullable String getPassword() {
        return properties.getPassword();
    }

    public @Nullable String getSentinelUser() {
        return properties.getSentinelUser();
    }

    public @Nullable String getSentinelPassword() {
        return properties.getSentinelPassword();
    }

    public @Nullable String getTrustStore() {
        return properties.getTrustStore();
    }

    public @Nullable String getTrustStorePassword() {
        return properties.getTrustStorePassword();
    }

    public @Nullable String getKeyStore() {
        return properties.getKeyStore();
    }

    public @Nullable String getKeyStorePassword() {
        return properties.getKeyStorePassword();
    }

    /** The path of a Redisson configuration file; null if none is set. */
    public @Nullable String getRedissonYaml() {
        String path = properties.getRedissonYaml();
        return path == null || path.isEmpty() ? null : path;
    }

    private static <T> T required(@Nullable T value, String name) {
        return Objects.requireNonNull(value, name);
    }
}
