// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Properties that identify the Redis deployment: addresses, database and credentials. */
public abstract class ServerProperties implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final String ADDRESS = "rediss?://(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+):[0-9]{1,5}";
    private static final String ADDRESSES = ADDRESS + "(\\s*,\\s*" + ADDRESS + ")*";

    @Property(
            description =
                    "Address of the Redis server, or comma-separated addresses of the sentinels or of one or more cluster nodes. `rediss` enables TLS.",
            defaultValue = "redis://127.0.0.1:6379",
            pattern = ADDRESSES,
            range =
                    "`redis://host:port` or `rediss://host:port`, or a comma-separated list of these, without credentials")
    private @Nullable String addresses;

    @Property(
            description = "Type of the Redis deployment: a single server, Sentinel or Cluster.",
            defaultValue = "single",
            pattern = "single|sentinel|cluster",
            range = "`single`, `sentinel` or `cluster`")
    private @Nullable String mode;

    @Property(description = "Master name as configured in Sentinel. Required in `sentinel` mode, otherwise ignored.")
    private @Nullable String masterName;

    @Property(description = "Redis ACL user to authenticate as. Defaults to the Redis user `default`.")
    private @Nullable String user;

    @Property(
            description = "Password for authenticating to Redis, as `user` or, if that is not set, as `default`.",
            confidential = true)
    private @Nullable String password;

    @Property(description = "ACL user for authenticating to the sentinels. Defaults to the user `default`.")
    private @Nullable String sentinelUser;

    @Property(
            description =
                    "Password for authenticating to the sentinels, as `sentinelUser` or, if that is not set, as `default`.",
            confidential = true)
    private @Nullable String sentinelPassword;

    @Property(
            description = "Redis database number. Must be 0 in `cluster` mode.",
            defaultValue = "0",
            min = 0,
            max = 65535)
    private @Nullable Integer database;

    public @Nullable String getAddresses() {
        return addresses;
    }

    public void setAddresses(@Nullable String addresses) {
        this.addresses = addresses;
    }

    public @Nullable String getMode() {
        return mode;
    }

    public void setMode(@Nullable String mode) {
        this.mode = mode;
    }

    public @Nullable String getMasterName() {
        return masterName;
    }

    public void setMasterName(@Nullable String masterName) {
        this.masterName = masterName;
    }

    public @Nullable String getUser() {
        return user;
    }

    public void setUser(@Nullable String user) {
        this.user = user;
    }

    public @Nullable String getPassword() {
        return password;
    }

    public void setPassword(@Nullable String password) {
        this.password = password;
    }

    public @Nullable String getSentinelUser() {
        return sentinelUser;
    }

    public void setSentinelUser(@Nullable String sentinelUser) {
        this.sentinelUser = sentinelUser;
    }

    public @Nullable String getSentinelPassword() {
        return sentinelPassword;
    }

    public void setSentinelPassword(@Nullable String sentinelPassword) {
        this.sentinelPassword = sentinelPassword;
    }

    public @Nullable Integer getDatabase() {
        return database;
    }

    public void setDatabase(@Nullable Integer database) {
        this.database = database;
    }
}
