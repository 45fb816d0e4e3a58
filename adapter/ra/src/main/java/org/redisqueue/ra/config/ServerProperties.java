// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import java.io.Serializable;

/** The properties that say which Redis to use: its addresses, its database, and the credentials for it. */
public abstract class ServerProperties implements Serializable {

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
}
