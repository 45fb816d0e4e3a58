// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import java.util.concurrent.CompletionStage;

/** A listener that is being delivered to. */
public interface ListenerActivation {

    /** Takes no more messages until {@link #resume}, and gives those back that were not begun with. */
    void pause();

    /** Goes on after {@link #pause}. */
    void resume();

    /** Takes no more messages for good. Does not block. */
    void halt();

    /** Ends: blocks until the listener's calls have returned, but no longer than {@code drainTimeout}. */
    void deactivate();

    /** Completes when it has ended, by {@link #deactivate} or because its resource adapter was stopped. */
    CompletionStage<Void> ended();
}
