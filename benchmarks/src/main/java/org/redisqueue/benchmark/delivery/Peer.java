// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.redisqueue.benchmark.app.Work;

/** A broker with its adapter, as an alternative for users. */
interface Peer {

    String name();

    /** Whether its listeners support this work. */
    boolean has(Work work);

    /** The queue for this work. */
    String queue(Work work);

    /** The queue without listeners to which {@link Work#ON} sends; null if the peer does not send. */
    default @Nullable String done() {
        return null;
    }

    /** Prepares the broker for messages that are not sent with {@link #fill}. */
    default void prepare() {}

    /** Fills a queue while its delivery is paused. */
    void fill(String queue, int count, int size);

    /** Starts to deliver the messages of a queue. */
    void resume(String queue);

    /** Waits until all delivered messages are acknowledged. */
    default void awaitIdle(String queue) {}

    /** Deletes all messages. */
    void clear();

    /** The CPU time of the broker process; null if the broker is embedded in the server. */
    @Nullable
    Duration processorTime();

    /** The number of requests that the broker has read; -1 if unknown. */
    long requests();
}
