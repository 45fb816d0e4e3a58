// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.util.List;

/**
 * The listener interface of a message-driven bean that receives several messages of its queue per call.
 *
 * <p>Each call runs in its own container transaction: a commit acknowledges all messages of the batch. After a rollback,
 * each message is delivered again individually, and counts as failed only if this delivery fails. If the transaction
 * attribute of the bean is {@code NOT_SUPPORTED}, the messages are acknowledged when the call returns, and delivered
 * individually if it throws an exception.
 *
 * <p>The activation property {@code batch}, 1 to 1,000, limits the number of messages; the default is 50. With
 * {@code batchWait}, 0 to 60,000 milliseconds, a message waits for others if the queue has no more; the default is 0.
 *
 * @see RedisMessageListener
 */
public interface RedisBatchListener {

    /**
     * Handles the messages of a batch. An unchecked exception rolls back the transaction, as does
     * {@code MessageDrivenContext.setRollbackOnly()}.
     *
     * @param messages the messages, at least one, in the order in which they were claimed. A message whose earlier
     *     delivery was abandoned is delivered alone
     */
    void onMessages(List<RedisMessage> messages);
}
