// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;

/** Attempts a delivery in the context of the application. The interface is public because containers proxy it. */
@FunctionalInterface
public interface Attempt {

    /**
     * Attempts the delivery.
     *
     * @param delivery the delivery
     * @return the result, which also reports exceptions and errors, so that none is thrown
     */
    DeliveryResult attempt(Delivery delivery);
}
