// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.util.List;

/**
 * The {@link RedisQueueListener}s of this application's CDI beans; can be injected. What is done here concerns this
 * server alone: other servers go on consuming.
 */
public interface RedisQueueListeners {

    /** All of them, by name. */
    List<Listener> all();

    /**
     * One of them.
     *
     * @throws IllegalArgumentException if there is none of this name, saying which there are
     */
    Listener get(String name);

    /** A listener method of a CDI bean. */
    interface Listener {

        /** Its name, unique in the application. */
        String name();

        /** The queue that it consumes. */
        String queue();

        /** What it is doing. */
        State state();

        /**
         * Takes no more messages, and gives those back that it has not begun with; does not wait for those at work.
         * Lasts until {@link #resume} is called or the application stops. Does nothing if it is paused.
         */
        void pause();

        /** Consumes again after {@link #pause}; does nothing if it is not paused. */
        void resume();
    }

    /** What a listener is doing. */
    enum State {
        /** It consumes, or would if Redis were there. */
        ACTIVE,
        /** {@link Listener#pause} was called. */
        PAUSED,
        /** The resource adapter is not there, or not any more; it consumes when it is. */
        WAITING,
        /** The application is stopping. */
        STOPPED
    }
}
