// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import jakarta.resource.spi.InvalidPropertyException;
import org.jspecify.annotations.Nullable;

/** Properties of a connection to Redis, shared by the resource adapter and its connection definitions. */
public abstract class ConnectionProperties extends ServerProperties {

    private static final long serialVersionUID = 1L;

    @Property(
            description =
                    "Path of a trust store (PKCS12 or JKS) for verifying the server certificate. Requires TLS. If not set, the trust store of the JVM applies.")
    private @Nullable String trustStore;

    @Property(description = "Password of the trust store.", confidential = true)
    private @Nullable String trustStorePassword;

    @Property(
            description =
                    "Path of a key store (PKCS12 or JKS) that contains the client certificate. Requires TLS. If not set, the adapter presents no certificate.")
    private @Nullable String keyStore;

    @Property(description = "Password of the key store.", confidential = true)
    private @Nullable String keyStorePassword;

    @Property(
            description = "Whether the server certificate must match the host name of the address when TLS is used.",
            defaultValue = "true",
            pattern = "true|false",
            range = "`true` or `false`")
    private @Nullable String verifyHostname;

    @Property(
            description = "Maximum time to establish a connection, in milliseconds.",
            defaultValue = "3000",
            min = 100,
            max = 600000,
            unit = "ms")
    private @Nullable Integer connectTimeout;

    @Property(
            description =
                    "Maximum time to wait for a reply from Redis, in milliseconds. If no reply arrives in time, a call that must take effect exactly once, such as a commit, is retried until its outcome is known.",
            defaultValue = "3000",
            min = 100,
            max = 600000,
            unit = "ms")
    private @Nullable Integer responseTimeout;

    @Property(
            description =
                    "Maximum time that recovery waits for Redis, in milliseconds, on Payara and GlassFish, which recover only once, when they start. 0 disables the wait.",
            defaultValue = "60000",
            min = 0,
            max = 3600000,
            unit = "ms")
    private @Nullable Integer recoveryTimeout;

    @Property(
            description =
                    "Time that Redis may be unreachable before the MicroProfile Health check reports that the application is not ready, in milliseconds.",
            defaultValue = "30000",
            min = 1000,
            max = 3600000,
            unit = "ms")
    private @Nullable Integer healthTimeout;

    @Property(
            description =
                    "Time after which an idle connection is closed, in milliseconds. `minimumIdle` connections remain open.",
            defaultValue = "60000",
            min = 1000,
            max = 3600000,
            unit = "ms")
    private @Nullable Integer idleTimeout;

    @Property(
            description =
                    "Interval between the PING commands that detect broken connections, in milliseconds. 0 disables the check.",
            defaultValue = "10000",
            min = 0,
            max = 3600000,
            unit = "ms")
    private @Nullable Integer pingInterval;

    @Property(
            description =
                    "Maximum number of connections to each Redis server. An idle listener occupies one while it waits for messages.",
            defaultValue = "64",
            min = 10,
            max = 10000)
    private @Nullable Integer poolSize;

    @Property(
            description = "Minimum number of connections that are kept open to each Redis server. At most `poolSize`.",
            defaultValue = "2",
            min = 1,
            max = 10000)
    private @Nullable Integer minimumIdle;

    @Property(
            description =
                    "Number of replicas that must have received the effect of a call before a transaction that depends on it succeeds. 0 does not wait for replicas.",
            defaultValue = "0",
            min = 0,
            max = 100)
    private @Nullable Integer waitReplicas;

    @Property(
            description =
                    "Maximum time to wait for `waitReplicas` and `waitLocal`, in milliseconds. The call is then repeated, like one without a reply.",
            defaultValue = "3000",
            min = 10,
            max = 60000,
            unit = "ms")
    private @Nullable Integer waitReplicasTimeout;

    @Property(
            description =
                    "Whether a transaction also waits until its effect is on the disk of the master. Requires Redis 7.2 or Valkey, and `appendonly yes`. Does not protect against a failover.",
            defaultValue = "false",
            pattern = "true|false",
            range = "`true` or `false`")
    private @Nullable String waitLocal;

    @Property(
            description = "Name that the Redis command CLIENT LIST shows for the connections.",
            defaultValue = "redis-queue",
            pattern = "[!-~]{1,100}",
            range = "1 to 100 printable characters without a space")
    private @Nullable String clientName;

    @Property(
            description = "Prefix of every Redis key.",
            defaultValue = "rq",
            pattern = "[A-Za-z0-9._-]{1,50}",
            range = "1 to 50 characters from `A-Z a-z 0-9 . _ -`")
    private @Nullable String keyPrefix;

    @Property(
            description =
                    "Maximum size of a message including its headers, in bytes. A larger message is rejected if it is sent through the adapter, and dead-lettered if another program put it into the queue.",
            defaultValue = "10485760",
            min = 1,
            max = 536870912,
            unit = "bytes")
    private @Nullable Integer maxMessageSize;

    @Property(
            description =
                    "Path of a Redisson configuration file (YAML). It replaces all other connection properties except `keyPrefix`, `maxMessageSize`, `recoveryTimeout`, `healthTimeout`, `waitReplicas`, `waitReplicasTimeout` and `waitLocal`; `responseTimeout` and `poolSize` still bound the duration of calls and the number of waiting connections. The adapter still determines the number of retries and the codec, and reads from masters only.")
    private @Nullable String redissonYaml;

    /**
     * Checks each value and the combination of values.
     *
     * @param owner what is configured, for the error message
     * @throws InvalidPropertyException if a value is invalid; names every invalid property, its value and the allowed
     *     range
     */
    public final void check(String owner) throws InvalidPropertyException {
        Configuration.check(this, owner, ConnectionCheck.problems(this));
    }

    @Override
    public String toString() {
        return Configuration.describe(this);
    }

    public @Nullable String getTrustStore() {
        return trustStore;
    }

    public void setTrustStore(@Nullable String trustStore) {
        this.trustStore = trustStore;
    }

    public @Nullable String getTrustStorePassword() {
        return trustStorePassword;
    }

    public void setTrustStorePassword(@Nullable String trustStorePassword) {
        this.trustStorePassword = trustStorePassword;
    }

    public @Nullable String getKeyStore() {
        return keyStore;
    }

    public void setKeyStore(@Nullable String keyStore) {
        this.keyStore = keyStore;
    }

    public @Nullable String getKeyStorePassword() {
        return keyStorePassword;
    }

    public void setKeyStorePassword(@Nullable String keyStorePassword) {
        this.keyStorePassword = keyStorePassword;
    }

    public @Nullable String getVerifyHostname() {
        return verifyHostname;
    }

    /**
     * Sets whether to verify the host name. The value is text because a container would convert a misspelled boolean to
     * {@code false} and thereby disable the verification.
     */
    public void setVerifyHostname(@Nullable String verifyHostname) {
        this.verifyHostname = verifyHostname;
    }

    public @Nullable Integer getConnectTimeout() {
        return connectTimeout;
    }

    public void setConnectTimeout(@Nullable Integer connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public @Nullable Integer getResponseTimeout() {
        return responseTimeout;
    }

    public void setResponseTimeout(@Nullable Integer responseTimeout) {
        this.responseTimeout = responseTimeout;
    }

    public @Nullable Integer getRecoveryTimeout() {
        return recoveryTimeout;
    }

    public void setRecoveryTimeout(@Nullable Integer recoveryTimeout) {
        this.recoveryTimeout = recoveryTimeout;
    }

    public @Nullable Integer getHealthTimeout() {
        return healthTimeout;
    }

    public void setHealthTimeout(@Nullable Integer healthTimeout) {
        this.healthTimeout = healthTimeout;
    }

    public @Nullable Integer getIdleTimeout() {
        return idleTimeout;
    }

    public void setIdleTimeout(@Nullable Integer idleTimeout) {
        this.idleTimeout = idleTimeout;
    }

    public @Nullable Integer getPingInterval() {
        return pingInterval;
    }

    public void setPingInterval(@Nullable Integer pingInterval) {
        this.pingInterval = pingInterval;
    }

    public @Nullable Integer getPoolSize() {
        return poolSize;
    }

    public void setPoolSize(@Nullable Integer poolSize) {
        this.poolSize = poolSize;
    }

    public @Nullable Integer getMinimumIdle() {
        return minimumIdle;
    }

    public void setMinimumIdle(@Nullable Integer minimumIdle) {
        this.minimumIdle = minimumIdle;
    }

    public @Nullable Integer getWaitReplicas() {
        return waitReplicas;
    }

    public void setWaitReplicas(@Nullable Integer waitReplicas) {
        this.waitReplicas = waitReplicas;
    }

    public @Nullable Integer getWaitReplicasTimeout() {
        return waitReplicasTimeout;
    }

    public void setWaitReplicasTimeout(@Nullable Integer waitReplicasTimeout) {
        this.waitReplicasTimeout = waitReplicasTimeout;
    }

    public @Nullable String getWaitLocal() {
        return waitLocal;
    }

    public void setWaitLocal(@Nullable String waitLocal) {
        this.waitLocal = waitLocal;
    }

    public @Nullable String getClientName() {
        return clientName;
    }

    public void setClientName(@Nullable String clientName) {
        this.clientName = clientName;
    }

    public @Nullable String getKeyPrefix() {
        return keyPrefix;
    }

    public void setKeyPrefix(@Nullable String keyPrefix) {
        this.keyPrefix = keyPrefix;
    }

    public @Nullable Integer getMaxMessageSize() {
        return maxMessageSize;
    }

    public void setMaxMessageSize(@Nullable Integer maxMessageSize) {
        this.maxMessageSize = maxMessageSize;
    }

    public @Nullable String getRedissonYaml() {
        return redissonYaml;
    }

    public void setRedissonYaml(@Nullable String redissonYaml) {
        this.redissonYaml = redissonYaml;
    }
}
