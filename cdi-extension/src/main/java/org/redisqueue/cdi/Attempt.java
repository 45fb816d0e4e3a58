// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import java.util.Optional;
import org.redisqueue.spi.Delivery;

/** Attempts a delivery in the context of the application. The interface is public because containers proxy it. */
@FunctionalInterface
public interface Attempt {

    /** Attempts the delivery. Returns the exception or error, if any, instead of throwing it. */
    Optional<Throwable> attempt(Delivery delivery);
}
