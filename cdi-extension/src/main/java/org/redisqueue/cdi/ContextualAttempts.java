// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.concurrent.ContextService;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;
import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.ListenerEndpoint;

/**
 * Makes attempts within the context of the application, as the adapter wants them.
 *
 * <p>Each that is at work has a contextual proxy of its own. Payara and GlassFish keep the transaction of a call at the
 * context that its proxy has captured, and mix the transactions of calls at the same time.
 */
final class ContextualAttempts implements ListenerEndpoint {

    private final Deque<Attempt> idle = new ConcurrentLinkedDeque<>();
    private final Supplier<Attempt> more;

    /** To be made in the context that attempts shall be made in. */
    @SuppressWarnings("unchecked")
    ContextualAttempts(ContextService contexts, Attempt attempt) {
        Supplier<Attempt> capture = () -> contexts.createContextualProxy(attempt, Attempt.class);
        this.more = contexts.createContextualProxy(capture, Supplier.class);
    }

    @Override
    public void deliver(Delivery delivery) throws Exception {
        Attempt contextual = idle.pollFirst();
        if (contextual == null) {
            contextual = another();
        }
        Throwable thrown = contextual.attempt(delivery).orElse(null);
        idle.addFirst(contextual); // but not one that the container itself has failed with
        if (thrown instanceof Error error) {
            throw error;
        } else if (thrown != null) {
            throw (Exception) thrown;
        }
    }

    private synchronized Attempt another() {
        return more.get();
    }
}
