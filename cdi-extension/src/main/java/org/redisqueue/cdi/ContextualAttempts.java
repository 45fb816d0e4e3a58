// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.concurrent.ContextService;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;
import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.ListenerEndpoint;

/**
 * The endpoint that the resource adapter calls: makes attempts in the context of the application.
 *
 * <p>Each attempt in progress has its own contextual proxy. Payara and GlassFish store the transaction of a call in the
 * context that the proxy has captured, so concurrent calls through one proxy would mix up their transactions.
 */
final class ContextualAttempts implements ListenerEndpoint {

    private final Deque<Attempt> idle = new ConcurrentLinkedDeque<>();
    private final Supplier<Attempt> factory;
    private final boolean batches;

    /**
     * Must be called in the context in which attempts will be made.
     *
     * @param batches whether each attempt delivers a batch
     */
    @SuppressWarnings("unchecked")
    ContextualAttempts(ContextService contexts, Attempt attempt, boolean batches) {
        this.batches = batches;
        Supplier<Attempt> capture = () -> contexts.createContextualProxy(attempt, Attempt.class);
        this.factory = contexts.createContextualProxy(capture, Supplier.class);
    }

    @Override
    public DeliveryResult deliver(Delivery delivery) {
        Attempt contextual = idle.pollFirst();
        if (contextual == null) {
            contextual = newAttempt();
        }
        DeliveryResult result = contextual.attempt(delivery);
        idle.addFirst(contextual); // not reached if the container itself fails: its proxy is then not reused
        return result;
    }

    @Override
    public boolean receivesBatches() {
        return batches;
    }

    private synchronized Attempt newAttempt() {
        return factory.get();
    }
}
