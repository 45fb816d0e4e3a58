// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.util.Collection;
import java.util.List;

/**
 * Publishes messages to one topic. Inject it with the qualifier {@link RedisTopic}.
 *
 * <p>Each call takes a connection from the container's pool and returns it. In a JTA transaction, the commit publishes
 * the messages; outside of a transaction, they are published immediately.
 *
 * <p>Publishers are thread-safe.
 */
public interface RedisTopicPublisher {

    /**
     * Publishes a message: sends it to each queue that is bound to the topic.
     *
     * @param body the body or an {@link OutgoingMessage}, as for {@link RedisQueueConnection#publish(String, Object)}
     * @return the id of the message, as for {@link RedisQueueConnection#publish(String, Object)}
     * @throws IllegalArgumentException as for {@link RedisQueueConnection#publish(String, Object)}
     * @throws RedisQueueException if no connection is available, or as for
     *     {@link RedisQueueConnection#publish(String, Object)}
     */
    String publish(Object body);

    /**
     * Publishes several messages atomically and in the given order: each queue that is bound to the topic gets all
     * messages, or none gets any.
     *
     * @param bodies the bodies or {@link OutgoingMessage}s, as for {@link #publish}
     * @return the ids of the messages, in the same order
     * @throws IllegalArgumentException as for {@link #publish}
     * @throws RedisQueueException as for {@link #publish}
     */
    List<String> publishAll(Collection<?> bodies);
}
