// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import jakarta.resource.cci.LocalTransaction;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A connection to the queues of one Redis.
 *
 * <p>Within a JTA transaction, or a {@linkplain #getLocalTransaction() local} one, what is sent becomes visible and
 * what is received is acknowledged when that transaction commits; a rollback undoes both. Outside of one, each call
 * takes effect at once.
 *
 * <p>Close it after use, best by try-with-resources; closing gives it back to the container's pool and does not end a
 * transaction. Not safe for use by several threads at once.
 */
public interface RedisQueueConnection extends AutoCloseable {

    /**
     * Sends one message.
     *
     * @param queue 1 to 200 characters of {@code A-Za-z0-9._:-}
     * @param body a {@code String}, a {@code byte[]}, an {@link OutgoingMessage}, or any other object, which is
     *     written as JSON by the container's JSON-B
     * @return the id of the message
     * @throws IllegalArgumentException if the queue's name is not one, or the message is over the configured size
     * @throws RedisQueueException if Redis did not confirm it. The message may have been sent all the same when the
     *     connection broke before the reply came: its text says so
     */
    String send(String queue, Object body);

    /**
     * Sends several messages of one queue, all or none, in this order.
     *
     * @return their ids in the same order
     * @throws IllegalArgumentException as for {@link #send}
     * @throws RedisQueueException as for {@link #send}
     */
    List<String> sendAll(String queue, Collection<?> bodies);

    /**
     * Takes the next message of a queue.
     *
     * <p>In a transaction it is acknowledged by the commit, and after a rollback delivered again. Outside of one it is
     * acknowledged before this method returns.
     *
     * @param timeout how long to wait for one; zero looks once. At most an hour
     * @return the message, or empty if none came in time
     * @throws IllegalArgumentException if the queue's name is not one, or the timeout is out of range
     * @throws RedisQueueException if Redis cannot be reached
     */
    Optional<RedisMessage> receive(String queue, Duration timeout);

    /**
     * How many messages a queue holds now, by where they are.
     *
     * @throws RedisQueueException if Redis cannot be reached
     */
    QueueCounts counts(String queue);

    /**
     * The messages of a queue that were given up, the latest first.
     *
     * @param limit how many at most, 1 to 10,000
     * @throws RedisQueueException if Redis cannot be reached
     */
    List<DeadLetter> deadLetters(String queue, int limit);

    /**
     * A transaction of this connection alone, for use where there is no JTA transaction (Jakarta Connectors 2.1, 7.7
     * "Local Transaction Management Contract").
     */
    LocalTransaction getLocalTransaction();

    /**
     * The Redisson client underneath, of type {@code org.redisson.api.RedissonClient}. It is shared with others: do
     * not shut it down. What is done through it is not part of any transaction.
     *
     * @throws IllegalArgumentException if the client is not of this type
     * @throws RedisQueueException if Redis cannot be reached
     */
    <T> T unwrap(Class<T> type);

    /** Gives the connection back. Closing it twice does nothing. */
    @Override
    void close();
}
