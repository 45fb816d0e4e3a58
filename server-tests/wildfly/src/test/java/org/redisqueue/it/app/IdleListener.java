// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** Does nothing with a message: what is left is the delivery itself. */
public class IdleListener implements RedisMessageListener {

    @Override
    public void onMessage(RedisMessage message) {}
}
