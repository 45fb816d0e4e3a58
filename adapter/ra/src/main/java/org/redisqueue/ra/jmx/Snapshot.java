// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueStatus;

/**
 * The state of the queues in one Redis, at most five seconds old. It is read only on demand, so
 * that it costs nothing while it is not used.
 */
final class Snapshot {

    private static final long MAX_AGE_NANOS = Duration.ofSeconds(5).toNanos();

    private final QueueAdmin admin;
    private final LongSupplier nanoTime;
    private @Nullable Reading latest;

    /** The queues as they were read, or why they could not be read. */
    private record Reading(
            long nanoTime,
            Instant readAt,
            Map<String, QueueStatus> queues,
            @Nullable RuntimeException failure) {}

    /**
     * A queue at the time of the snapshot.
     *
     * @param readAt when the snapshot was read
     */
    record Queue(QueueStatus status, Instant readAt) {}

    Snapshot(QueueAdmin admin, LongSupplier nanoTime) {
        this.admin = admin;
        this.nanoTime = nanoTime;
    }

    /** Returns a queue. One that Redis does not list is read on its own, as often as the snapshot. */
    synchronized Queue queue(String name) {
        Reading reading = current();
        if (reading.failure() != null) {
            throw reading.failure();
        }
        QueueStatus status = reading.queues().computeIfAbsent(name, admin::queue);
        return new Queue(status, reading.readAt());
    }

    private Reading current() {
        Reading reading = latest;
        if (reading == null || nanoTime.getAsLong() - reading.nanoTime() > MAX_AGE_NANOS) {
            reading = read();
            latest = reading;
        }
        return reading;
    }

    private Reading read() {
        long started = nanoTime.getAsLong();
        Instant readAt = Instant.now();
        try {
            Map<String, QueueStatus> queues = new HashMap<>();
            admin.queues().forEach(queue -> queues.put(queue.name(), queue));
            return new Reading(started, readAt, queues, null);
        } catch (RuntimeException e) {
            // Its age begins now: a call that waits for Redis would otherwise be repeated for each attribute.
            return new Reading(nanoTime.getAsLong(), readAt, Map.of(), e);
        }
    }
}
