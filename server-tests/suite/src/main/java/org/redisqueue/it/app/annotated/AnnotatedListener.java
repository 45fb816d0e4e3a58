// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.annotated;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.it.app.Calls;

/** The listener interface, configured only by annotations. */
@MessageDriven(
        activationConfig = @ActivationConfigProperty(propertyName = "queue", propertyValue = "listeners.annotated"))
public class AnnotatedListener implements RedisMessageListener {

    @Override
    public void onMessage(RedisMessage message) {
        Calls.record("AnnotatedListener.onMessage", message.text());
    }
}
