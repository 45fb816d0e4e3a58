// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.ListenerEndpoint;

/** An endpoint whose result is what its method throws. */
@FunctionalInterface
public interface ThrowingEndpoint extends ListenerEndpoint {

    void receive(Delivery delivery) throws Exception;

    @Override
    default DeliveryResult deliver(Delivery delivery) {
        try {
            receive(delivery);
            return DeliveryResult.completed();
        } catch (Exception e) {
            return DeliveryResult.failed(e);
        }
    }
}
