// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueStatus;

/**
 * Gauges of the queues of one Redis: how many messages are in each place, and how old the oldest ready one is. Each
 * server reports the same figures, so they are gauges, which nobody adds up.
 */
final class QueueGauges {

    private static final AttributeKey<String> PLACE = AttributeKey.stringKey("messaging.redis_queue.place");
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final QueueSnapshot snapshot;
    private final MessagingAttributes attributes;

    QueueGauges(QueueSnapshot snapshot, MessagingAttributes attributes) {
        this.snapshot = snapshot;
        this.attributes = attributes;
    }

    /** Registers the gauges. They are read when the metrics are exported, until the result is closed. */
    BatchCallback register(Meter meter) {
        ObservableLongMeasurement messages = meter.gaugeBuilder("messaging.redis_queue.queue.messages")
                .ofLongs()
                .setUnit("{message}")
                .setDescription("Number of messages of a queue in each place.")
                .buildObserver();
        ObservableDoubleMeasurement age = meter.gaugeBuilder("messaging.redis_queue.queue.oldest_ready.age")
                .setUnit("s")
                .setDescription("Age of the message of a queue that is delivered next.")
                .buildObserver();
        return meter.batchCallback(() -> measure(messages, age), messages, age);
    }

    private void measure(ObservableLongMeasurement messages, ObservableDoubleMeasurement age) {
        for (QueueStatus queue : snapshot.read()) {
            Attributes ofQueue = attributes.of(queue.name());
            record(messages, ofQueue, Place.READY, queue.ready());
            record(messages, ofQueue, Place.SCHEDULED, queue.scheduled());
            record(messages, ofQueue, Place.WAITING, queue.waiting());
            record(messages, ofQueue, Place.DELIVERING, queue.delivering());
            record(messages, ofQueue, Place.REDELIVERING, queue.redelivering());
            record(messages, ofQueue, Place.IN_DOUBT, queue.inDoubt());
            record(messages, ofQueue, Place.DEAD, queue.dead());
            Duration oldest = queue.oldestReady();
            if (oldest != null) {
                age.record(oldest.toNanos() / NANOS_PER_SECOND, ofQueue);
            }
        }
    }

    private static void record(ObservableLongMeasurement messages, Attributes queue, Place place, long count) {
        String name = place.name().toLowerCase(Locale.ROOT);
        messages.record(count, queue.toBuilder().put(PLACE, name).build());
    }
}
