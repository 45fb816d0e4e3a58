// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.Optional;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.spi.Delivery;

/** The transactions and request contexts of deliveries: the container's own interceptors begin and end them. */
@ApplicationScoped
public class Deliveries {

    /** A call of a listener. */
    @FunctionalInterface
    public interface Call {
        /** @return what the listener threw if the transaction shall commit in spite of it */
        Optional<Throwable> make() throws Exception;
    }

    /** Makes a call in a transaction of its own, of which the message is part. */
    @ActivateRequestContext
    @Transactional(value = TxType.REQUIRES_NEW, rollbackOn = Exception.class)
    public Optional<Throwable> inTransaction(RedisQueueConnectionFactory connections, Delivery delivery, Call call)
            throws Exception {
        try (RedisQueueConnection connection = connections.createConnection()) {
            delivery.begin(connection);
        }
        return call.make();
    }

    /** Makes a call without a transaction. */
    @ActivateRequestContext
    public Optional<Throwable> withoutTransaction(Delivery delivery, Call call) throws Exception {
        delivery.begin();
        return call.make();
    }
}
