// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import jakarta.resource.Referenceable;
import java.io.Serializable;

/**
 * Gives connections to send and to receive; looked up in JNDI, by default as {@code java:/eis/RedisQueue}, or injected
 * with {@code @Resource}. Safe for use by several threads.
 */
public interface RedisQueueConnectionFactory extends Serializable, Referenceable {

    /**
     * A connection as the resource adapter or the connection definition is configured. It comes from the container's
     * pool and touches Redis only when it is used.
     *
     * @throws RedisQueueException if the container has none to give, such as when its pool is exhausted
     */
    RedisQueueConnection createConnection();

    /**
     * A connection of another Redis user (application-managed sign-on, Jakarta Connectors 2.1, 9.1).
     *
     * @throws RedisQueueException if the container has none to give, such as when its pool is exhausted
     */
    RedisQueueConnection createConnection(String user, String password);
}
