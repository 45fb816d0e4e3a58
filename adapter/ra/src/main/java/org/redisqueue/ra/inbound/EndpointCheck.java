// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.NotSupportedException;
import jakarta.resource.spi.InvalidPropertyException;

/** Checks the class of a message-driven bean as its activation does, but without a container. */
public final class EndpointCheck {

    private EndpointCheck() {}

    /**
     * Checks the listener methods of a bean and their annotations.
     *
     * @param queue the queue in the configuration of the activation; empty if it names none
     * @throws NotSupportedException if a listener method cannot be called, or its work would not be part of the
     *     transaction of a delivery
     * @throws InvalidPropertyException if a queue name is missing or invalid
     */
    public static void check(Class<?> endpoint, String queue) throws NotSupportedException, InvalidPropertyException {
        for (ListenerMethod listener : ListenerMethod.of(endpoint, queue, null)) {
            TransactionAttributes.checkDeclared(listener);
        }
    }
}
