// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;

/** An instance of OpenTelemetry that keeps what it is told, set as the global instance until it is closed. */
public final class TestTelemetry implements AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .setPropagators(ContextPropagators.create(TextMapPropagator.composite(
                    W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())))
            .build();

    private TestTelemetry() {}

    public static TestTelemetry start() {
        TestTelemetry started = new TestTelemetry();
        GlobalOpenTelemetry.resetForTest();
        GlobalOpenTelemetry.set(started.sdk);
        return started;
    }

    public OpenTelemetry instance() {
        return sdk;
    }

    public Tracer tracer() {
        return sdk.getTracer("test");
    }

    /** The spans that have ended, in this order. */
    public List<SpanData> spans() {
        return spans.getFinishedSpanItems();
    }

    /** Waits until this number of spans with this name has ended. */
    public List<SpanData> awaitSpans(String name, int count) {
        return await().atMost(LONG)
                .until(
                        () -> spans().stream()
                                .filter(span -> span.getName().equals(name))
                                .toList(),
                        found -> found.size() == count);
    }

    /** Waits for a span that ends, of which there is only one with this name. */
    public SpanData awaitSpan(String name) {
        return awaitSpans(name, 1).get(0);
    }

    /** The names of all metrics. */
    public List<String> metrics() {
        return metrics.collectAllMetrics().stream().map(MetricData::getName).toList();
    }

    public MetricData metric(String name) {
        return metrics.collectAllMetrics().stream()
                .filter(metric -> metric.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No metric " + name));
    }

    @Override
    public void close() {
        GlobalOpenTelemetry.resetForTest();
        sdk.close();
    }
}
