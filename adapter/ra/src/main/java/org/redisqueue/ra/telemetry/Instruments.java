// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tracer, the propagator and the metrics of one instance of OpenTelemetry.
 *
 * @param sent counts messages that applications send
 * @param consumed counts messages that applications get
 * @param operations duration of operations that call Redis, in seconds
 * @param processing duration of deliveries to listeners, in seconds
 * @param measures whether metrics are exported
 * @param observed the gauges that are exported, by their owner
 */
record Instruments(
        Tracer tracer,
        TextMapPropagator propagator,
        Meter meter,
        LongCounter sent,
        LongCounter consumed,
        DoubleHistogram operations,
        DoubleHistogram processing,
        boolean measures,
        Map<Object, BatchCallback> observed) {

    private static final String SCOPE = "org.redisqueue";

    /** The buckets that the semantic conventions recommend, in seconds. */
    private static final List<Double> BUCKETS =
            List.of(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0);

    /**
     * Creates the instruments.
     *
     * @return null if the instance exports nothing
     */
    static @Nullable Instruments of(OpenTelemetry instance) {
        TextMapPropagator propagator = instance.getPropagators().getTextMapPropagator();
        Exporters exporters = Exporters.of(instance);
        if (propagator.fields().isEmpty() || !exporters.spans() && !exporters.metrics()) {
            return null;
        }
        // Without exported spans, the context of the caller is passed on unchanged.
        TracerProvider tracers = exporters.spans() ? instance.getTracerProvider() : TracerProvider.noop();
        Meter meter = instance.getMeterProvider().get(SCOPE);
        return new Instruments(
                tracers.get(SCOPE),
                propagator,
                meter,
                meter.counterBuilder("messaging.client.sent.messages")
                        .setUnit("{message}")
                        .setDescription("Number of messages producer attempted to send to the broker.")
                        .build(),
                meter.counterBuilder("messaging.client.consumed.messages")
                        .setUnit("{message}")
                        .setDescription("Number of messages that were delivered to the application.")
                        .build(),
                histogram(
                        meter,
                        "messaging.client.operation.duration",
                        "Duration of messaging operation initiated by a producer or consumer client."),
                histogram(meter, "messaging.process.duration", "Duration of processing operation."),
                exporters.metrics(),
                new ConcurrentHashMap<>());
    }

    /** Exports gauges from now on. Further calls for the same owner have no effect. */
    void observe(Object owner, QueueGauges gauges) {
        if (!observed.containsKey(owner)) {
            observed.computeIfAbsent(owner, key -> gauges.register(meter));
        }
    }

    /** Exports the gauges of this owner no longer. */
    void endObserving(Object owner) {
        BatchCallback ended = observed.remove(owner);
        if (ended != null) {
            ended.close();
        }
    }

    private static DoubleHistogram histogram(Meter meter, String name, String description) {
        DoubleHistogramBuilder builder =
                meter.histogramBuilder(name).setUnit("s").setDescription(description);
        try { // since version 1.32 of the API
            DoubleHistogramBuilder.class
                    .getMethod("setExplicitBucketBoundariesAdvice", List.class)
                    .invoke(builder, BUCKETS);
        } catch (ReflectiveOperationException e) {
            // The buckets are the default ones.
        }
        return builder.build();
    }
}
