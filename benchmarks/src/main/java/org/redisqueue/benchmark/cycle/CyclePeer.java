// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.util.function.LongConsumer;

/** A way to have a queue in Redis. */
interface CyclePeer extends AutoCloseable {

    String name();

    /** Sends so many messages, one by one, as many at once as there are threads. */
    void send(int count, String body) throws Exception;

    /**
     * Takes that many messages and acknowledges each, as many at once as there are threads.
     *
     * @param progress is told from time to time how many it were so far
     */
    void drain(int count, LongConsumer progress) throws Exception;

    @Override
    void close();
}
