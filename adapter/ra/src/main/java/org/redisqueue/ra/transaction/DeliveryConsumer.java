// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.RedisQueueException;

/** A connection that can add a delivery to its transaction. */
public interface DeliveryConsumer {

    /**
     * Adds a delivery to the transaction, whose commit then acknowledges its message.
     *
     * @throws RedisQueueException if there is no transaction, or the transaction cannot accept this delivery
     */
    void consume(DeliveryConsumption delivery);
}
