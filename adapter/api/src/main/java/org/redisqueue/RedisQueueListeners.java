// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.util.List;

/**
 * Inspects, pauses and resumes the {@link RedisQueueListener} methods of the application's CDI beans. It can be
 * injected.
 *
 * <p>All operations affect this server only; other servers continue to consume.
 */
public interface RedisQueueListeners {

    /** {@return all listeners, sorted by name} */
    List<Listener> all();

    /**
     * Returns the listener with the given name.
     *
     * @param name the name of the listener
     * @return the listener
     * @throws IllegalArgumentException if no listener has this name; the message lists the known names
     */
    Listener get(String name);

    /** A listener method of a CDI bean. */
    interface Listener {

        /** {@return the name of the listener, which is unique in the application} */
        String name();

        /** {@return the name of the queue that the listener consumes} */
        String queue();

        /** {@return the current state of the listener} */
        State state();

        /**
         * Stops claiming messages and releases the claimed messages that have not reached the listener, without waiting
         * for deliveries in progress. The pause lasts until {@link #resume} is called or the application stops. Has no
         * effect if the listener is already paused.
         */
        void pause();

        /** Ends a {@link #pause}. Has no effect if the listener is not paused. */
        void resume();

        /**
         * Closes the circuit breaker of the listener on this server, so that deliveries continue at once. Has no effect
         * if the breaker is not open.
         */
        void resetBreaker();
    }

    /** The states of a listener. */
    enum State {
        /** The listener consumes its queue, or will do so when Redis becomes available. */
        ACTIVE,
        /** The circuit breaker is open: deliveries keep failing, and single messages are delivered as probes. */
        BREAKER_OPEN,
        /** The listener was paused with {@link Listener#pause}. */
        PAUSED,
        /** The resource adapter is unavailable. The listener starts to consume when the adapter becomes available. */
        WAITING,
        /** The application is stopping. */
        STOPPED
    }
}
