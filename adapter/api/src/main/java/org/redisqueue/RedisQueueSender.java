// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.util.Collection;
import java.util.List;

/**
 * Sends to one queue; injected with {@link RedisQueue}. Each call takes a connection from the container's pool and gives
 * it back. In a JTA transaction what is sent becomes visible when that commits; outside of one, at once. Safe for use by
 * several threads.
 */
public interface RedisQueueSender {

    /**
     * Sends one message.
     *
     * @param body as {@link RedisQueueConnection#send(String, Object)} takes it
     * @return the id of the message
     * @throws IllegalArgumentException if the message is over the configured size
     * @throws RedisQueueException if there is no connection to be had, or Redis did not confirm it
     */
    String send(Object body);

    /**
     * Sends several messages, all or none, in this order.
     *
     * @return their ids in the same order
     * @throws IllegalArgumentException as for {@link #send}
     * @throws RedisQueueException as for {@link #send}
     */
    List<String> sendAll(Collection<?> bodies);
}
