// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Map;

/** The span of a send operation. All messages of the operation carry its context. */
final class SendSpan implements SendOperation {

    private final OpenTelemetryReports reports;
    private final Instruments instruments;
    private final String destination;
    private int messages;
    private final Attributes attributes;
    private final long since = System.nanoTime();
    private final Span span;
    private final Map<String, String> headers;

    /** @param operation {@code send} or {@code publish} */
    SendSpan(
            OpenTelemetryReports reports, Instruments instruments, String operation, String destination, int messages) {
        this.reports = reports;
        this.instruments = instruments;
        this.destination = destination;
        this.messages = messages;
        this.attributes = reports.attributes().of(destination, "send", operation);
        Context sender = Context.current();
        SpanBuilder builder = instruments
                .tracer()
                .spanBuilder(operation + " " + destination)
                .setSpanKind(SpanKind.PRODUCER)
                .setParent(sender)
                .setAllAttributes(attributes);
        if (messages != 1) {
            builder.setAttribute(MessagingAttributes.BATCH, (long) messages);
        }
        this.span = builder.startSpan();
        this.headers = TraceHeaders.of(sender.with(span), instruments.propagator());
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public void routed(int queues) {
        messages *= queues;
    }

    @Override
    public void sent(List<String> ids) {
        reports.guarded(destination, () -> {
            if (ids.size() == 1) {
                span.setAttribute(MessagingAttributes.MESSAGE_ID, ids.get(0));
            }
            end(attributes);
        });
    }

    @Override
    public void failed(Throwable failure) {
        reports.guarded(destination, () -> {
            String type = failure.getClass().getName();
            span.setAttribute(MessagingAttributes.ERROR_TYPE, type);
            span.setStatus(StatusCode.ERROR);
            end(MessagingAttributes.failed(attributes, type));
        });
    }

    private void end(Attributes measured) {
        span.end();
        instruments.operations().record(Consumed.seconds(System.nanoTime() - since), measured);
        instruments.sent().add(messages, measured);
    }
}
