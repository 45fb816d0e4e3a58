// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import jakarta.resource.spi.ConnectionRequestInfo;
import java.util.Objects;

/**
 * The credentials that an application asks for a connection with.
 *
 * <p>Not with the {@code equals} that records have: Java 17 keeps the class of the last record that used it.
 *
 * @param user null for those of the configuration
 */
record RedisConnectionRequestInfo(String user, String password) implements ConnectionRequestInfo {

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
