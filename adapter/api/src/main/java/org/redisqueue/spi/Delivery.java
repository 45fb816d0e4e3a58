// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueException;

/**
 * One delivery of a message. Until one of the {@code begin} methods is called, nothing has happened: the message waits,
 * and what is thrown does not count as a failure.
 */
public interface Delivery {

    RedisMessage message();

    /**
     * Makes the message part of the JTA transaction of this thread: it is acknowledged by its commit.
     *
     * @param connection of the connection factory that the listener was activated with, opened in this transaction; it
     *     can be closed at once
     * @throws RedisQueueException if the connection is not part of a transaction, or of another Redis
     */
    void begin(RedisQueueConnection connection);

    /** Begins a delivery without a transaction. */
    void begin();
}
