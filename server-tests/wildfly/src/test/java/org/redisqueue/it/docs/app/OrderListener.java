// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs.app;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** Consumes orders, like the first sample of the README. */
@MessageDriven(activationConfig = @ActivationConfigProperty(propertyName = "queue", propertyValue = "orders"))
public class OrderListener implements RedisMessageListener {

    @Override
    public void onMessage(RedisMessage message) {
        message.text();
    }
}
