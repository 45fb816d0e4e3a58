// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;

/** Attempts a delivery in the context of the application. The interface is public because containers proxy it. */
@FunctionalInterface
public interface Attempt {

    /** Attempts the delivery. Returns exceptions and errors in the result instead of throwing them. */
    DeliveryResult attempt(Delivery delivery);
}
