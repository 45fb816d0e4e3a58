// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import java.util.Optional;
import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.ListenerEndpoint;

/** Attempts a delivery within the context of the application; public as containers make proxies of it. */
@FunctionalInterface
public interface Attempt {

    /** Returns what was thrown; never throws. */
    Optional<Throwable> attempt(Delivery delivery);

    /** As the adapter wants it, with what was thrown being thrown. */
    static ListenerEndpoint asEndpoint(Attempt contextual) {
        return delivery -> {
            Throwable thrown = contextual.attempt(delivery).orElse(null);
            if (thrown instanceof Error error) {
                throw error;
            } else if (thrown != null) {
                throw (Exception) thrown;
            }
        };
    }
}
