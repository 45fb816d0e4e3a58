// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.time.Instant;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;

/**
 * The span of a receive operation. It belongs to the trace of its caller and links to the sender of the message. If the
 * caller has no trace, it continues that of the sender.
 */
final class ReceiveSpan implements ReceiveOperation {

    private final OpenTelemetryReports reports;
    private final Instruments instruments;
    private final String queue;
    private final Attributes attributes;
    private final Instant since = Instant.now();
    private final long sinceNanos = System.nanoTime();

    ReceiveSpan(OpenTelemetryReports reports, Instruments instruments, String queue) {
        this.reports = reports;
        this.instruments = instruments;
        this.queue = queue;
        this.attributes = reports.attributes().of(queue, "receive", "receive");
    }

    @Override
    public void received(ClaimedMessage message, RedisMessage content) {
        reports.guarded(queue, () -> {
            Context caller = Context.current();
            Context sender = TraceHeaders.sender(content, instruments.propagator());
            SpanContext sent = Span.fromContext(sender).getSpanContext();
            boolean traced = Span.fromContext(caller).getSpanContext().isValid();
            SpanBuilder builder = builder(traced ? caller : sender)
                    .setAttribute(MessagingAttributes.MESSAGE_ID, content.id())
                    .setAttribute(MessagingAttributes.DELIVERY_COUNT, (long) message.deliveryCount());
            if (traced && sent.isValid()) {
                builder.addLink(sent);
            }
            Span span = builder.startSpan();
            reports.consumed(
                    message,
                    new Consumed(instruments, reports.attributes(), queue, content.id(), span, false, Instant.now()));
            span.end();
            measure(attributes);
            instruments.consumed().add(1, attributes);
        });
    }

    @Override
    public void failed(Throwable failure) {
        reports.guarded(queue, () -> {
            String type = failure.getClass().getName();
            builder(Context.current())
                    .setAttribute(MessagingAttributes.ERROR_TYPE, type)
                    .startSpan()
                    .setStatus(StatusCode.ERROR)
                    .end();
            measure(MessagingAttributes.failed(attributes, type));
        });
    }

    private SpanBuilder builder(Context parent) {
        return instruments
                .tracer()
                .spanBuilder("receive " + queue)
                .setSpanKind(SpanKind.CLIENT)
                .setParent(parent)
                .setStartTimestamp(since)
                .setAllAttributes(attributes);
    }

    private void measure(Attributes measured) {
        instruments.operations().record(Consumed.seconds(System.nanoTime() - sinceNanos), measured);
    }
}
