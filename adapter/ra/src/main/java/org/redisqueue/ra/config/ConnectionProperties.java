// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import jakarta.resource.spi.InvalidPropertyException;

/** The properties of the connection to one Redis, which the resource adapter and its connection definitions share. */
public abstract class ConnectionProperties extends ServerProperties {

    private static final long serialVersionUID = 1L;

    @Property(
            description =
                    "Path of a trust store (PKCS12 or JKS) for verifying the server certificate. Requires TLS. If not set, the trust store of the JVM applies.")
    private String trustStore;

    @Property(description = "Password of the trust store.", confidential = true)
    private String trustStorePassword;

    @Property(
            description =
                    "Path of a key store (PKCS12 or JKS) that contains the client certificate. Requires TLS. If not set, the adapter presents no certificate.")
    private String keyStore;

    @Property(description = "Password of the key store.", confidential = true)
    private String keyStorePassword;

    @Property(
            description = "With TLS, whether the server certificate must match the host name of the address.",
            defaultValue = "true",
            pattern = "true|false",
            range = "`true` or `false`")
    private String verifyHostname;

    @Property(
            description = "Maximum time to establish a connection, in milliseconds.",
            defaultValue = "3000",
            min = 100,
            max = 600000,
            unit = "ms")
    private Integer connectTimeout;

    @Property(
            description =
                    "Maximum time to wait for a reply from Redis, in milliseconds. A call that must take effect exactly once, such as a commit, is then retried until its outcome is known.",
            defaultValue = "3000",
            min = 100,
            max = 600000,
            unit = "ms")
    private Integer responseTimeout;

    @Property(
            description =
                    "Maximum time that recovery waits for Redis, in milliseconds, on Payara and GlassFish, which recover only once, when they start. 0 disables the wait.",
            defaultValue = "60000",
            min = 0,
            max = 3600000,
            unit = "ms")
    private Integer recoveryTimeout;

    @Property(
            description =
                    "Time after which an idle connection is closed, in milliseconds. `minimumIdle` connections remain open.",
            defaultValue = "60000",
            min = 1000,
            max = 3600000,
            unit = "ms")
    private Integer idleTimeout;

    @Property(
            description =
                    "Interval at which connections are checked with a PING, in milliseconds, so that broken ones are detected. 0 disables the check.",
            defaultValue = "10000",
            min = 0,
            max = 3600000,
            unit = "ms")
    private Integer pingInterval;

    @Property(
            description =
                    "Maximum number of connections to each Redis server. An idle listener occupies one while it waits for messages.",
            defaultValue = "64",
            min = 10,
            max = 10000)
    private Integer poolSize;

    @Property(
            description = "Minimum number of connections that are kept open to each Redis server. At most `poolSize`.",
            defaultValue = "2",
            min = 1,
            max = 10000)
    private Integer minimumIdle;

    @Property(
            description = "Name of the connections in the output of the Redis command CLIENT LIST.",
            defaultValue = "redis-queue",
            pattern = "[!-~]{1,100}",
            range = "1 to 100 printable characters without a space")
    private String clientName;

    @Property(
            description = "Prefix of every Redis key.",
            defaultValue = "rq",
            pattern = "[A-Za-z0-9._-]{1,50}",
            range = "1 to 50 characters from `A-Z a-z 0-9 . _ -`")
    private String keyPrefix;

    @Property(
            description =
                    "Maximum size of a message including its headers, in bytes. A larger message is rejected when an application sends it, and dead-lettered if another producer has put it into the queue.",
            defaultValue = "10485760",
            min = 1,
            max = 536870912,
            unit = "bytes")
    private Integer maxMessageSize;

    @Property(
            description =
                    "Path of a Redisson configuration file (YAML). It replaces all other connection properties except `keyPrefix`, `maxMessageSize` and `recoveryTimeout`; `responseTimeout` and `poolSize` still bound the duration of calls and the number of waiting connections. The adapter still determines the number of retries and the codec, and reads from masters only.")
    private String redissonYaml;

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

    public String getTrustStore() {
        return trustStore;
    }

    public void setTrustStore(String trustStore) {
        this.trustStore = trustStore;
    }

    public String getTrustStorePassword() {
        return trustStorePassword;
    }

    public void setTrustStorePassword(String trustStorePassword) {
        this.trustStorePassword = trustStorePassword;
    }

    public String getKeyStore() {
        return keyStore;
    }

    public void setKeyStore(String keyStore) {
        this.keyStore = keyStore;
    }

    public String getKeyStorePassword() {
        return keyStorePassword;
    }

    public void setKeyStorePassword(String keyStorePassword) {
        this.keyStorePassword = keyStorePassword;
    }

    public String getVerifyHostname() {
        return verifyHostname;
    }

    /**
     * Sets whether to verify the host name. The value is text because a container would convert a misspelled boolean to
     * {@code false} and thereby disable the verification.
     */
    public void setVerifyHostname(String verifyHostname) {
        this.verifyHostname = verifyHostname;
    }

    public Integer getConnectTimeout() {
        return connectTimeout;
    }

    public void setConnectTimeout(Integer connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public Integer getResponseTimeout() {
        return responseTimeout;
    }

    public void setResponseTimeout(Integer responseTimeout) {
        this.responseTimeout = responseTimeout;
    }

    public Integer getRecoveryTimeout() {
        return recoveryTimeout;
    }

    public void setRecoveryTimeout(Integer recoveryTimeout) {
        this.recoveryTimeout = recoveryTimeout;
    }

    public Integer getIdleTimeout() {
        return idleTimeout;
    }

    public void setIdleTimeout(Integer idleTimeout) {
        this.idleTimeout = idleTimeout;
    }

    public Integer getPingInterval() {
        return pingInterval;
    }

    public void setPingInterval(Integer pingInterval) {
        this.pingInterval = pingInterval;
    }

    public Integer getPoolSize() {
        return poolSize;
    }

    public void setPoolSize(Integer poolSize) {
        this.poolSize = poolSize;
    }

    public Integer getMinimumIdle() {
        return minimumIdle;
    }

    public void setMinimumIdle(Integer minimumIdle) {
        this.minimumIdle = minimumIdle;
    }

    public String getClientName() {
        return clientName;
    }

    public void setClientName(String clientName) {
        this.clientName = clientName;
    }

    public String getKeyPrefix() {
        return keyPrefix;
    }

    public void setKeyPrefix(String keyPrefix) {
        this.keyPrefix = keyPrefix;
    }

    public Integer getMaxMessageSize() {
        return maxMessageSize;
    }

    public void setMaxMessageSize(Integer maxMessageSize) {
        this.maxMessageSize = maxMessageSize;
    }

    public String getRedissonYaml() {
        return redissonYaml;
    }

    public void setRedissonYaml(String redissonYaml) {
        this.redissonYaml = redissonYaml;
    }
}
