// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.time.Duration;
import org.redisqueue.benchmark.app.Work;

/** A broker with an adapter, as one chooses them. */
interface Peer {

    String name();

    /** Whether its listeners can do this. */
    boolean has(Work work);

    /** The queue whose listener does this work. */
    String queue(Work work);

    /** Fills a queue whose messages are not delivered yet. */
    void fill(String queue, int count, int size);

    /** Begins to deliver what a queue is filled with. */
    void resume(String queue);

    /** Waits until what is delivered is acknowledged. */
    default void awaitIdle(String queue) {}

    /** Forgets all messages. */
    void clear();

    /** The processor time of the broker's process; null if it is in the server. */
    Duration processorTime();

    /** How many requests the broker has read; -1 = not known. */
    long requests();
}
