// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueException;

/**
 * One delivery of a message.
 *
 * <p>The delivery has no effect until one of the {@code begin} methods is called. If neither has been called, a
 * {@linkplain DeliveryResult#failed failed} result does not count as a failure of the message, unless its cause is an
 * {@link UnreadableMessageException}.
 */
public interface Delivery {

    /** {@return the message to deliver} */
    RedisMessage message();

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
