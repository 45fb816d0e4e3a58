// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import jakarta.resource.Referenceable;
import java.io.Serializable;
import org.redisqueue.admin.QueueAdmin;

/**
 * Creates connections for sending and receiving messages.
 *
 * <p>Look the factory up in JNDI, by default as {@code java:/eis/RedisQueue}, or inject it with {@code @Resource}.
 *
 * <p>Factories are thread-safe.
 */
public interface RedisQueueConnectionFactory extends Serializable, Referenceable {

    /**
     * Returns a connection from the container's pool, with the configuration of the connection definition and the
     * resource adapter. The connection accesses Redis only when it is used.
     *
     * @return the connection, which the caller must close
     * @throws RedisQueueException if the container cannot provide a connection, for example because its pool is
     *     exhausted
     */
    RedisQueueConnection createConnection();

    /**
     * Returns a connection that authenticates as the given Redis user instead of the configured one
     * (application-managed sign-on, Jakarta Connectors 2.1, 9.1).
     *
     * @param user the name of the Redis user
     * @param password the password of that user
     * @return the connection, which the caller must close
     * @throws RedisQueueException as for {@link #createConnection()}
     */
    RedisQueueConnection createConnection(String user, String password);

    /**
     * Returns the operations for operators: inspecting, repairing and pausing queues. They use the configured Redis user,
     * and can be used until the resource adapter stops.
     *
     * @return the operations, on behalf of an unknown caller; see {@link QueueAdmin#as}
     * @throws RedisQueueException if the resource adapter is not running
     */
    QueueAdmin admin();
}
