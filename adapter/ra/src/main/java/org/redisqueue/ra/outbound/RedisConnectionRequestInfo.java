// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import jakarta.resource.spi.ConnectionRequestInfo;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The credentials with which an application requests a connection.
 *
 * <p>The class avoids the generated {@code equals} of records, because Java 17 retains the last record class that used
 * it.
 *
 * @param user null to use the configured credentials
 */
record RedisConnectionRequestInfo(
        @Nullable String user, @Nullable String password) implements ConnectionRequestInfo {

    static final RedisConnectionRequestInfo AS_CONFIGURED = new RedisConnectionRequestInfo(null, null);

    @Override
    public boolean equals(Object other) {
        return other instanceof RedisConnectionRequestInfo info
                && Objects.equals(user, info.user)
                && Objects.equals(password, info.password);
    }

    @Override
    public int hashCode() {
        return Objects.hash(user, password);
    }

    @Override
    public String toString() {
        return "RedisConnectionRequestInfo[user=" + user + "]";
    }
}
