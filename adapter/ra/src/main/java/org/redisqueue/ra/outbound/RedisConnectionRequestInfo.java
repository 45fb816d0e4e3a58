// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import jakarta.resource.spi.ConnectionRequestInfo;

/**
 * The credentials that an application asks for a connection with.
 *
 * @param user null for those of the configuration
 */
record RedisConnectionRequestInfo(String user, String password) implements ConnectionRequestInfo {

    static final RedisConnectionRequestInfo AS_CONFIGURED = new RedisConnectionRequestInfo(null, null);

    @Override
    public String toString() {
        return "RedisConnectionRequestInfo[user=" + user + "]";
    }
}
