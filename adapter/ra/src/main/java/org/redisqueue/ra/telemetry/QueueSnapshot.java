// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueStatus;

/** The state of all queues, read at most once in five seconds, however many gauges and readers ask for it. */
final class QueueSnapshot {

    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Supplier<List<QueueStatus>> source;
    private @Nullable List<QueueStatus> queues;
    private long readAt;

    /** @param source reads the state from Redis */
    QueueSnapshot(Supplier<List<QueueStatus>> source) {
        this.source = source;
    }

    /**
     * Returns the state of all queues.
     *
     * @throws org.redisqueue.RedisQueueException if Redis fails
     */
    synchronized List<QueueStatus> read() {
        List<QueueStatus> known = queues;
        if (known == null || System.nanoTime() - readAt > FRESH_NANOS) {
            known = source.get();
            queues = known;
            readAt = System.nanoTime();
        }
        return known;
    }
}
