// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;

/** An annotated listener method, with its queue in the descriptor. */
public class OrderListener implements RedisQueueEndpoint {

    @RedisQueueListener
    public void order(Order order) {
        Calls.record("OrderListener.order", order);
    }
}
