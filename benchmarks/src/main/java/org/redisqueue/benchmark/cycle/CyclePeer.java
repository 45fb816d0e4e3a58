// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.util.function.LongConsumer;

/** An implementation of a queue in Redis. */
interface CyclePeer extends AutoCloseable {

    int BULK = 1_000;

    String name();

    /** Sends this number of messages, one per call, from all threads concurrently. */
    void send(int count, String body) throws Exception;

    /** Sends this number of messages, {@value #BULK} per call. Returns false if the peer has no such call. */
    default boolean sendInBulk(int count, String body) throws Exception {
        return false;
    }

    /**
     * Claims this number of messages and acknowledges each, on all threads concurrently.
     *
     * @param progress receives the number of messages so far, from time to time
     */
    void drain(int count, LongConsumer progress) throws Exception;

    @Override
    void close();
}
