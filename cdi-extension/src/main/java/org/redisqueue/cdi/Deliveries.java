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

/** Runs deliveries in transactions and request contexts, which the container's interceptors begin and end. */
@ApplicationScoped
public class Deliveries {

    /** Calls a listener. */
    @FunctionalInterface
    public interface Call {
        /** @return the exception of the listener if the transaction commits nevertheless */
        Optional<Throwable> make() throws Exception;
    }

    /** Makes a call in a new transaction, whose commit acknowledges the message. */
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
