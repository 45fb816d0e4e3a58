// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import java.util.Map;
import org.redisqueue.RedisQueueException;

/** Activates listeners. The connection factories of the resource adapter implement this interface. */
public interface ListenerActivator {

    /**
     * Starts to deliver messages to an endpoint. Redis does not have to be available: the adapter connects as soon as
     * it can.
     *
     * @param listener the name of the listener, for log messages
     * @param properties the activation properties, as for a message-driven bean, including {@code queue}
     * @param transacted whether the endpoint begins each delivery with
     *     {@link Delivery#begin(org.redisqueue.RedisQueueConnection)}, as opposed to {@link Delivery#begin()}
     * @param paused whether the activation starts paused, so that it claims no messages before
     *     {@link ListenerActivation#resume}
     * @param endpoint receives the messages
     * @return the activation, with which the caller ends the delivery
     * @throws NotRunningException if the resource adapter is not running
     * @throws RedisQueueException if a property is invalid; the message names the property and the reason
     */
    ListenerActivation activate(
            String listener,
            Map<String, String> properties,
            boolean transacted,
            boolean paused,
            ListenerEndpoint endpoint);
}
