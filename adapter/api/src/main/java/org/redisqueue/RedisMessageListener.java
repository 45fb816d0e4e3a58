// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * The listener interface of a message-driven bean that takes every message as it is.
 *
 * <p>Each call is one container transaction (unless the bean says {@code NOT_SUPPORTED}): its commit acknowledges the
 * message, its rollback has it delivered again later (Jakarta Connectors 2.1, 13.5 "Message Delivery").
 *
 * @see RedisQueueEndpoint
 */
public interface RedisMessageListener {

    /**
     * Handles one message. An unchecked exception rolls the transaction back; so does
     * {@code MessageDrivenContext.setRollbackOnly()}.
     */
    void onMessage(RedisMessage message);
}
