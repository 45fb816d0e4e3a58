// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import java.util.concurrent.CompletionStage;

/** An activated listener: controls the delivery of messages to it. */
public interface ListenerActivation {

    /**
     * Stops claiming messages until {@link #resume} is called, and releases the claimed messages that have not reached
     * the listener. Does not wait for deliveries in progress.
     */
    void pause();

    /** Ends a {@link #pause}. */
    void resume();

    /**
     * Returns whether the circuit breaker of the listener is open on this server.
     *
     * @return whether deliveries keep failing, so that single messages are delivered as probes
     */
    boolean isBreakerOpen();

    /** Closes the circuit breaker of the listener on this server, so that deliveries continue at once. */
    void resetBreaker();

    /**
     * Stops claiming messages permanently, releases the claimed messages that have not reached the listener, and starts
     * the {@code drainTimeout}. Does not block.
     */
    void stop();

    /**
     * Ends the activation: stops it and drains it. Blocks until all calls of the listener have returned, up to
     * {@code drainTimeout}.
     */
    void deactivate();

    /**
     * {@return a stage that completes when the activation has ended, either through {@link #deactivate} or because the
     * resource adapter was stopped}
     */
    CompletionStage<Void> ended();
}
