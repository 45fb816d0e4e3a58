// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendRequest;

/** Checks whether one transaction can use several queues, which may be on different servers of a Redis Cluster. */
public final class OneTransaction {

    private static final String TAG = "unless the names of both begin with the same {tag}";

    private OneTransaction() {}

    /** @throws RedisQueueException if a transaction cannot consume from both queues (RQ-111) */
    static void requireConsumable(QueueOperations operations, String queue, String other) {
        if (!operations.canShareScript(queue, other)) {
            throw new RedisQueueException("RQ-111 Messages of queues '" + queue + "' and '" + other
                    + "' cannot be consumed in the same transaction because a Redis Cluster may keep the queues on"
                    + " different servers, " + TAG + ".");
        }
    }

    /**
     * Requires that a transaction can send a message.
     *
     * @param home the queue that the transaction consumes from or, if there is none, that it sends to first
     * @throws RedisQueueException if the message may roll the transaction back, but another server decides that (RQ-142)
     */
    public static void requireSendable(QueueOperations operations, String home, SendRequest message) {
        if (message.rollsBack() && !operations.canShareScript(home, message.queue())) {
            throw new RedisQueueException("RQ-142 Message '" + message.id() + "' for queue '" + message.queue()
                    + "' cannot roll back a transaction of queue '" + home
                    + "' if another message has its deduplication"
                    + " key, because a Redis Cluster may keep the queues on different servers, " + TAG
                    + ". Use OnDuplicate.DROP.");
        }
    }
}
