// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * The listener interface of a message-driven bean that receives each message as a {@link RedisMessage}.
 *
 * <p>Each call runs in its own container transaction: a commit acknowledges the message, and a rollback causes its
 * redelivery (Jakarta Connectors 2.1, 13.5 "Message Delivery"). If the transaction attribute of the bean is
 * {@code NOT_SUPPORTED}, the message is acknowledged when the call returns, and redelivered if it throws an exception.
 *
 * @see RedisQueueEndpoint
 */
public interface RedisMessageListener {

    /**
     * Handles one message. An unchecked exception rolls back the transaction, as does
     * {@code MessageDrivenContext.setRollbackOnly()}.
     *
     * @param message the message
     */
    void onMessage(RedisMessage message);
}
