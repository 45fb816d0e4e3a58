// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import jakarta.resource.spi.InvalidPropertyException;
import java.io.File;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/** The properties of the connection to one Redis, which the resource adapter and its connection definitions share. */
public abstract class ConnectionProperties implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final String ADDRESS = "rediss?://(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+):[0-9]{1,5}";
    private static final String ADDRESSES = ADDRESS + "(\\s*,\\s*" + ADDRESS + ")*";

    @Property(
            description =
                    "Address of the Redis server or, separated by commas, addresses of the sentinels or of some cluster nodes. `rediss` enables TLS.",
            defaultValue = "redis://127.0.0.1:6379",
            pattern = ADDRESSES,
            range =
                    "`redis://host:port` or `rediss://host:port`, several separated by commas, without user and password")
    private String addresses;

    @Property(
            description = "Deployment of Redis: a single server, Sentinel or Cluster.",
            defaultValue = "single",
            pattern = "single|sentinel|cluster",
            range = "`single`, `sentinel` or `cluster`")
    private String mode;

    @Property(description = "Name of the master in Sentinel. Required with Sentinel, otherwise ignored.")
    private String masterName;

    @Property(description = "ACL user of Redis. If not set, Redis uses its user `default`.")
    private String user;

    @Property(description = "Password of `user`, or of the user `default` if `user` is not set.", confidential = true)
    private String password;

    @Property(description = "ACL user of the sentinels themselves. If not set, the sentinels use their user `default`.")
    private String sentinelUser;

    @Property(
            description =
                    "Password of `sentinelUser`, or of the user `default` of the sentinels if `sentinelUser` is not set.",
            confidential = true)
    private String sentinelPassword;

    @Property(
            description = "Number of the Redis database. Must be 0 with Cluster.",
            defaultValue = "0",
            min = 0,
            max = 65535)
    private Integer database;

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
            range = "1 to 50 characters of `A-Z a-z 0-9 . _ -`")
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
        Map<String, String> problems = new LinkedHashMap<>();
        if (isSet(redissonYaml)) {
            requireFile(problems, "redissonYaml", redissonYaml);
        } else {
            checkTopology(problems);
            requireFile(problems, "trustStore", trustStore);
            requireFile(problems, "keyStore", keyStore);
            requireTls(problems, "trustStore", trustStore);
            requireTls(problems, "keyStore", keyStore);
            if (minimumIdle != null && poolSize != null && minimumIdle > poolSize) {
                problems.put("minimumIdle", "must not exceed poolSize, which is '" + poolSize + "'");
            }
        }
        Configuration.check(this, owner, problems);
    }

    private void checkTopology(Map<String, String> problems) {
        if ("single".equals(mode) && addresses != null && addresses.contains(",")) {
            problems.put("addresses", "mode 'single' requires exactly one address");
        }
        if ("sentinel".equals(mode) && !isSet(masterName)) {
            problems.put("masterName", "mode 'sentinel' requires it");
        }
        if ("cluster".equals(mode) && database != null && database != 0) {
            problems.put("database", "mode 'cluster' requires database 0");
        }
        if (addresses != null && addresses.contains("redis://") && addresses.contains("rediss://")) {
            problems.put("addresses", "must not combine redis:// and rediss://");
        }
    }

    private void requireTls(Map<String, String> problems, String name, String path) {
        if (isSet(path) && addresses != null && addresses.contains("redis://")) {
            problems.put(name, "requires TLS: use rediss:// in addresses");
        }
    }

    private static void requireFile(Map<String, String> problems, String name, String path) {
        if (isSet(path) && !(new File(path).isFile() && new File(path).canRead())) {
            problems.put(name, "must be a readable file");
        }
    }

    private static boolean isSet(String text) {
        return text != null && !text.isEmpty();
    }

    @Override
    public String toString() {
        return Configuration.describe(this);
    }

    public String getAddresses() {
        return addresses;
    }

    public void setAddresses(String addresses) {
        this.addresses = addresses;
    }

    public String getMode() {
        return mode;
    }

    public void setMode(String mode) {
        this.mode = mode;
    }

    public String getMasterName() {
        return masterName;
    }

    public void setMasterName(String masterName) {
        this.masterName = masterName;
    }

    public String getUser() {
        return user;
    }

    public void setUser(String user) {
        this.user = user;
    }

    public String getPassword() {
        return password;
    }

    public void setPassword(String password) {
        this.password = password;
    }

    public String getSentinelUser() {
        return sentinelUser;
    }

    public void setSentinelUser(String sentinelUser) {
        this.sentinelUser = sentinelUser;
    }

    public String getSentinelPassword() {
        return sentinelPassword;
    }

    public void setSentinelPassword(String sentinelPassword) {
        this.sentinelPassword = sentinelPassword;
    }

    public Integer getDatabase() {
        return database;
    }

    public void setDatabase(Integer database) {
        this.database = database;
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
