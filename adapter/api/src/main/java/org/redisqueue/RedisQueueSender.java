// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.util.Collection;
import java.util.List;

/**
 * Sends messages to one queue. Inject it with the qualifier {@link RedisQueue}.
 *
 * <p>Each call takes a connection from the container's pool and returns it. In a JTA transaction, the commit publishes
 * the messages; outside of a transaction, they are published immediately.
 *
 * <p>Senders are thread-safe.
 */
public interface RedisQueueSender {

    /**
     * Sends a message.
     *
     * @param body the body or an {@link OutgoingMessage}, as for {@link RedisQueueConnection#send(String, Object)}
     * @return the id of the message
     * @throws IllegalArgumentException as for {@link RedisQueueConnection#send(String, Object)}
     * @throws RedisQueueException if no connection is available, or as for
     *     {@link RedisQueueConnection#send(String, Object)}
     */
    String send(Object body);

    /**
     * Sends several messages atomically and in the given order: either all messages are sent or none.
     *
     * @param bodies the bodies or {@link OutgoingMessage}s, as for {@link #send}
     * @return the ids of the messages, in the same order
     * @throws IllegalArgumentException as for {@link #send}
     * @throws RedisQueueException as for {@link #send}
     */
    List<String> sendAll(Collection<?> bodies);

    /**
     * Cancels a scheduled message, immediately even in a transaction.
     *
     * @param id the id of the message
     * @return whether this call removed the message, as for {@link RedisQueueConnection#cancelScheduled}
     * @throws IllegalArgumentException if the id is invalid
     * @throws RedisQueueException if no connection is available, or as for
     *     {@link RedisQueueConnection#cancelScheduled}
     */
    boolean cancelScheduled(String id);
}
