// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import org.jspecify.annotations.Nullable;

/** The telemetry of one delivery to a listener, on the thread of the listener. */
public interface ListenerCall extends AutoCloseable {

    /** Reports nothing. */
    ListenerCall NONE = new ListenerCall() {};

    /**
     * Begins the span of the delivery, and makes it current on this thread. Must be called in the context of the
     * application, whose telemetry may be configured separately. Further calls have no effect.
     */
    default void begin() {}

    /**
     * Records the exception that the listener threw, or that prevented its call.
     *
     * @param thrown null if there was none
     */
    default void ended(@Nullable Throwable thrown) {}

    /**
     * Restores the context that the thread had before. The span ends when the outcome of the delivery is known, which
     * {@link Telemetry#observer} learns.
     */
    @Override
    default void close() {}
}
