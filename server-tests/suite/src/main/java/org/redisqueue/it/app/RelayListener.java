// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** Forwards each body to the queue with the suffix {@code .done}, in the transaction of the delivery. */
public class RelayListener implements RedisMessageListener {

    @Override
    public void onMessage(RedisMessage message) {
        Connections.send(Redis.queue(message.queue() + ".done"), message.text());
    }
}
