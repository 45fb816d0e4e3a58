// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import jakarta.resource.cci.LocalTransaction;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A connection to the queues in Redis.
 *
 * <p>In a JTA transaction or a {@linkplain #getLocalTransaction() local transaction}, the commit publishes the messages
 * that were sent and acknowledges the messages that were received. A rollback undoes both. Outside of a transaction,
 * each call takes effect immediately.
 *
 * <p>Close the connection after use, preferably with try-with-resources. Closing it returns it to the container's pool
 * and does not end a transaction. Every method except {@code close} throws {@link RedisQueueException} if the
 * connection is closed.
 *
 * <p>Connections are not thread-safe.
 */
public interface RedisQueueConnection extends AutoCloseable {

    /**
     * Sends a message.
     *
     * <p>In a transaction, the message is only recorded, and the commit writes it to Redis.
     *
     * @param queue 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}, optionally after a hash tag such as {@code {shop}}
     * @param body a {@code String}, a {@code byte[]}, an {@link OutgoingMessage}, or any other object, which the
     *     container's JSON-B serializes as JSON
     * @return the id of the message; if another message has its {@linkplain OutgoingMessage#deduplicationKey
     *     deduplication key}, the id of that message
     * @throws IllegalArgumentException if the queue name is invalid, the message is larger than {@code maxMessageSize},
     *     or its headers exceed the limits of {@link OutgoingMessage#header}
     * @throws RedisQueueException if the body cannot be serialized; if the current transaction cannot accept the
     *     message: it has ended or can only be rolled back, it consumes a message with the same id from the same queue,
     *     or, in a Redis Cluster, it already uses a different queue; if a transaction that has not ended reserves its
     *     deduplication key, see {@link OnDuplicate#ROLLBACK}; or if Redis did not confirm the message. In the last
     *     case, the message may have been sent even so, if the connection was lost before the reply arrived; the
     *     exception message then says that the outcome is unknown
     */
    String send(String queue, Object body);

    /**
     * Sends several messages to one queue atomically and in the given order: either all messages are sent or none.
     *
     * @param queue 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}, optionally after a hash tag such as {@code {shop}}
     * @param bodies the bodies, as for {@link #send}
     * @return the ids of the messages, in the same order
     * @throws IllegalArgumentException as for {@link #send}
     * @throws RedisQueueException as for {@link #send}
     */
    List<String> sendAll(String queue, Collection<?> bodies);

    /**
     * Publishes a message to a topic: sends a message with the same id to each queue that is bound to the topic. All of
     * them are sent or none. From then on, they are independent of each other.
     *
     * <p>This method determines the queues, even in a transaction that commits later. A binding that was made more than one
     * second ago is taken into account. If no queue is bound to the topic, nothing is sent; this is logged and counted.
     *
     * @param topic 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}; unrelated to a queue of the same name
     * @param body the body, as for {@link #send}
     * @return the id of the message, which is the same in each queue; if in each of them the same other message has its
     *     {@linkplain OutgoingMessage#deduplicationKey deduplication key}, the id of that message
     * @throws IllegalArgumentException as for {@link #send}
     * @throws RedisQueueException as for {@link #send}; if Redis does not answer which queues are bound to the topic; or,
     *     in a Redis Cluster, if these are several queues
     */
    String publish(String topic, Object body);

    /**
     * Publishes several messages to one topic atomically and in the given order: each queue that is bound to the topic
     * gets all messages, or none gets any.
     *
     * @param topic the topic, as for {@link #publish}
     * @param bodies the bodies, as for {@link #send}
     * @return the ids of the messages, in the same order
     * @throws IllegalArgumentException as for {@link #publish}
     * @throws RedisQueueException as for {@link #publish}
     */
    List<String> publishAll(String topic, Collection<?> bodies);

    /**
     * Receives the next message of a queue.
     *
     * <p>In a transaction, the commit acknowledges the message, and a rollback causes its redelivery with the default
     * values of the activation properties. Outside of a transaction, the message is acknowledged before this method
     * returns.
     *
     * @param queue 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}, optionally after a hash tag such as {@code {shop}}
     * @param timeout maximum time to wait for a message, 0 to 1 hour; with 0, the method checks the queue once
     * @return the message, or empty if none arrived within the timeout
     * @throws IllegalArgumentException if the queue name is invalid, or the timeout is out of range
     * @throws RedisQueueException if Redis cannot be reached, the thread is interrupted while it waits, or the current
     *     transaction cannot accept the message: it has ended or can only be rolled back, it sends a message with the
     *     same id to the same queue, or, in a Redis Cluster, it already uses a different queue
     */
    Optional<RedisMessage> receive(String queue, Duration timeout);

    /**
     * Cancels a scheduled message: removes it unless it is ready already. A message that is due becomes ready when a
     * consumer next claims messages.
     *
     * <p>The message is removed immediately, even in a transaction: a rollback does not restore it. A message that was
     * sent in a transaction can be canceled once the transaction has committed.
     *
     * @param queue 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}, optionally after a hash tag such as {@code {shop}}
     * @param id the id of the message, as {@link #send} has returned it
     * @return whether this call removed the message; false if no message with this id is scheduled, for example because
     *     it has been delivered
     * @throws IllegalArgumentException if the queue name or the id is invalid
     * @throws RedisQueueException if Redis did not confirm the removal. If the connection was lost before the reply
     *     arrived, the message may have been removed even so; the exception message then says that the outcome is unknown
     */
    boolean cancelScheduled(String queue, String id);

    /**
     * Counts the messages in a queue, by state.
     *
     * @param queue 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}, optionally after a hash tag such as {@code {shop}}
     * @return the counts
     * @throws IllegalArgumentException if the queue name is invalid
     * @throws RedisQueueException if Redis cannot be reached
     */
    QueueCounts counts(String queue);

    /**
     * Returns the dead letters of a queue, most recent first.
     *
     * @param queue 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}, optionally after a hash tag such as {@code {shop}}
     * @param limit maximum number of dead letters to return, 1 to 10,000
     * @return the dead letters, without their bodies
     * @throws IllegalArgumentException if the queue name is invalid, or the limit is out of range
     * @throws RedisQueueException if Redis cannot be reached
     */
    List<DeadLetter> deadLetters(String queue, int limit);

    /**
     * Returns the demarcation interface for transactions that involve only this connection, for use outside of JTA
     * transactions (Jakarta Connectors 2.1, 7.7 "Local Transaction Management Contract").
     *
     * @return the demarcation interface of this connection
     * @throws RedisQueueException if the connection is part of a JTA transaction
     */
    LocalTransaction getLocalTransaction();

    /**
     * Returns the underlying Redisson client, an {@code org.redisson.api.RedissonClient}.
     *
     * <p>The client is shared: do not shut it down. Work done through it is not part of any transaction.
     *
     * @param <T> the type of the client
     * @param type the class of the client
     * @return the client
     * @throws IllegalArgumentException if the client is not an instance of this type
     * @throws RedisQueueException if Redis cannot be reached
     */
    <T> T unwrap(Class<T> type);

    /** Returns the connection to the container. Closing it again has no effect. */
    @Override
    void close();
}
