// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.featurepack.app;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** Prints what it receives. It names no adapter: the layer makes this one the default. */
@MessageDriven(
        activationConfig = @ActivationConfigProperty(propertyName = "queue", propertyValue = GreetingListener.QUEUE))
public class GreetingListener implements RedisMessageListener {

    public static final String QUEUE = "greetings";
    public static final String GREETING = "hello";
    public static final String RECEIVED = "Received " + GREETING;

    @Override
    public void onMessage(RedisMessage message) {
        System.out.println("Received " + message.text());
    }
}
