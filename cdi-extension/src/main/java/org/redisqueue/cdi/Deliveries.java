// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.spi.Delivery;

/** Runs deliveries in transactions and request contexts, which the container's interceptors begin and end. */
@ApplicationScoped
public class Deliveries {

    /** Calls a listener. */
    @FunctionalInterface
    public interface Call {
        /**
         * Makes the call.
         *
         * @throws Exception to roll back the transaction
         */
        void make() throws Exception;
    }

    /**
     * Makes a call in a new transaction, whose commit acknowledges the message.
     *
     * @param connections the connection factory with which the listener was activated
     * @param delivery the delivery
     * @param call the call
     * @throws Exception what the call throws
     */
    @ActivateRequestContext
    @Transactional(value = TxType.REQUIRES_NEW, rollbackOn = Exception.class)
    public void inTransaction(RedisQueueConnectionFactory connections, Delivery delivery, Call call) throws Exception {
        try (RedisQueueConnection connection = connections.createConnection()) {
            delivery.begin(connection);
        }
        call.make();
    }

    /**
     * Makes a call without a transaction.
     *
     * @param delivery the delivery
     * @param call the call
     * @throws Exception what the call throws
     */
    @ActivateRequestContext
    public void withoutTransaction(Delivery delivery, Call call) throws Exception {
        delivery.begin();
        call.make();
    }
}
