// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.attributes;

import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** The listener interface, without annotations. */
public class PlainListener implements RedisMessageListener {

    @Override
    public void onMessage(RedisMessage message) {}
}
