// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** Ignores its messages, so that only the delivery itself remains. */
public class IdleListener implements RedisMessageListener {

    @Override
    public void onMessage(RedisMessage message) {}
}
