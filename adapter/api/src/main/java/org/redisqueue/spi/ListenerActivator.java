// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import java.util.Map;
import org.redisqueue.RedisQueueException;

/** Activates listeners; the adapter's connection factories implement it. */
public interface ListenerActivator {

    /**
     * Begins to deliver. Redis need not be there: it is connected to as soon as it can be.
     *
     * @param listener its name, for the log
     * @param properties as the activation of a message-driven bean has them, {@code queue} among them
     * @param transacted whether each call begins with {@link Delivery#begin(org.redisqueue.RedisQueueConnection)}, or
     *     else with {@link Delivery#begin()}
     * @param paused whether it takes no message before {@link ListenerActivation#resume}
     * @throws NotRunningException if the resource adapter does not run
     * @throws RedisQueueException if a property is wrong, saying which and why
     */
    ListenerActivation activate(
            String listener,
            Map<String, String> properties,
            boolean transacted,
            boolean paused,
            ListenerEndpoint endpoint);
}
