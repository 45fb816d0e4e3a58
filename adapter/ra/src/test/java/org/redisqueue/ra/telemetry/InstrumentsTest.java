// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.Test;

/** What servers provide if telemetry is disabled, and if only a part of it is enabled. */
class InstrumentsTest {

    private static final ContextPropagators W3C = ContextPropagators.create(W3CTraceContextPropagator.getInstance());

    private static final SdkTracerProvider TRACERS = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(InMemorySpanExporter.create()))
            .build();

    @Test
    void instanceWithoutImplementationHasNoInstruments() {
        assertThat(Instruments.of(OpenTelemetry.noop())).isNull();
    }

    @Test
    void disabledSdkHasNoInstruments() {
        assertThat(Instruments.of(OpenTelemetrySdk.builder().setPropagators(W3C).build()))
                .isNull();
    }

    @Test
    void sdkThatExportsSpansHasInstruments() {
        Instruments instruments = Instruments.of(OpenTelemetrySdk.builder()
                .setTracerProvider(TRACERS)
                .setPropagators(W3C)
                .build());

        assertThat(instruments.measures()).isFalse();
        assertThat(instruments.tracer().spanBuilder("span").startSpan().isRecording())
                .isTrue();
    }

    @Test
    void sdkThatExportsOnlyMetricsCreatesNoSpans() {
        Instruments instruments = Instruments.of(OpenTelemetrySdk.builder()
                .setMeterProvider(SdkMeterProvider.builder()
                        .registerMetricReader(InMemoryMetricReader.create())
                        .build())
                .setPropagators(W3C)
                .build());

        Span span = instruments.tracer().spanBuilder("span").startSpan();
        assertThat(instruments.measures()).isTrue();
        assertThat(span.getSpanContext().isValid()).isFalse();
    }
}
