// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.protocol.QueueOperations;

/** Checks whether one transaction can use two queues. */
public final class OneTransaction {

    private OneTransaction() {}

    /** @throws RedisQueueException if the queues may be on different servers of a Redis Cluster (RQ-111) */
    public static void require(QueueOperations operations, String queue, String other) {
        if (!operations.canShareTransaction(queue, other)) {
            throw new RedisQueueException("RQ-111 Queues '" + queue + "' and '" + other
                    + "' cannot be used in the same transaction because a Redis Cluster may keep them on"
                    + " different servers.");
        }
    }
}
