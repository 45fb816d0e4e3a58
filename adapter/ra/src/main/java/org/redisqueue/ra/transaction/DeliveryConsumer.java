// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.RedisQueueException;

/** What stands for a connection in a transaction, and can make a delivery part of that. */
public interface DeliveryConsumer {

    /** @throws RedisQueueException if there is no transaction, or it cannot take this delivery */
    void consume(Delivery delivery);
}
