// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import java.util.List;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueException;

/**
 * One delivery of a message, or of several messages to a {@linkplain ListenerEndpoint#receivesBatches batch} listener.
 *
 * <p>The delivery has no effect until one of the {@code begin} methods is called. If neither has been called, a
 * {@linkplain DeliveryResult#failed failed} result does not count as a failure of the message, unless its cause is an
 * {@link UnreadableMessageException}.
 */
public interface Delivery {

    /** {@return the message to deliver; the first one of a batch} */
    RedisMessage message();

    /**
     * {@return the messages of the batch that are not excluded, in the order in which they were claimed} A delivery that
     * is not a batch has one message.
     */
    default List<RedisMessage> messages() {
        return List.of(message());
    }

    /**
     * Excludes a message from the batch, before the delivery begins. It is dead-lettered. If no message remains, the
     * delivery must not begin, and has ended.
     *
     * @param message one of {@link #messages}
     * @param reason why the listener cannot receive it
     * @throws IllegalArgumentException if it is not a message of the batch
     * @throws IllegalStateException if the delivery has begun
     */
    default void exclude(RedisMessage message, UnreadableMessageException reason) {
        throw new IllegalStateException("The delivery is not a batch.");
    }

    /**
     * Begins a delivery in the JTA transaction of the current thread, whose commit acknowledges the message.
     *
     * @param connection a connection that was created in this transaction by the connection factory with which the
     *     listener was activated; it may be closed immediately afterward
     * @throws RedisQueueException if the connection is not part of a transaction, belongs to a different Redis
     *     deployment or resource adapter, or uses different credentials
     */
    void begin(RedisQueueConnection connection);

    /**
     * Begins a delivery without a transaction. The message is acknowledged if the result is
     * {@link DeliveryResult#completed()}.
     */
    void begin();
}
