// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.topic;

import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.it.app.Calls;

/** A message-driven bean whose activation properties bind its queue to the topic. */
public class BillingBean implements RedisMessageListener {

    public static final String QUEUE = "topic.billing";

    @Override
    public void onMessage(RedisMessage message) {
        Calls.record(QUEUE, message.id(), message.text());
    }
}
