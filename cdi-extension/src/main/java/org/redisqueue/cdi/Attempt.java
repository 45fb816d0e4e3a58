// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import java.util.Optional;
import org.redisqueue.spi.Delivery;

/** Attempts a delivery within the context of the application; public as containers make proxies of it. */
@FunctionalInterface
public interface Attempt {

    /** Returns what was thrown; never throws. */
    Optional<Throwable> attempt(Delivery delivery);
}
