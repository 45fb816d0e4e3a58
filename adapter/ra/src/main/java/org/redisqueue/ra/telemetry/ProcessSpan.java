// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;

/** The span of a delivery to a listener. It is a child of the span that sent the message. */
@SuppressWarnings("MustBeClosedChecker") // scopes end with close(), whatever the listener has done meanwhile
final class ProcessSpan implements ListenerCall {

    private final OpenTelemetryReports reports;
    private final ClaimedMessage message;
    private final RedisMessage content;
    private final Context before = Context.current();
    private final Instant since = Instant.now();
    private @Nullable Consumed consumed;
    private @Nullable Scope scope;

    ProcessSpan(OpenTelemetryReports reports, ClaimedMessage message, RedisMessage content) {
        this.reports = reports;
        this.message = message;
        this.content = content;
    }

    @Override
    public void begin() {
        if (consumed == null) {
            reports.guarded(queue(), this::beginNow);
        }
    }

    private void beginNow() {
        Instruments instruments = reports.instruments();
        if (instruments == null) {
            return;
        }
        Context sender = TraceHeaders.sender(content, instruments.propagator());
        SpanBuilder builder = instruments
                .tracer()
                .spanBuilder("process " + queue())
                .setSpanKind(SpanKind.CONSUMER)
                .setParent(sender)
                .setStartTimestamp(since)
                .setAllAttributes(reports.attributes().of(queue(), "process", "process"))
                .setAttribute(MessagingAttributes.MESSAGE_ID, content.id())
                .setAttribute(MessagingAttributes.DELIVERY_COUNT, (long) message.deliveryCount());
        SpanContext ambient = Span.current().getSpanContext();
        if (ambient.isValid()) {
            builder.addLink(ambient);
        }
        Span span = builder.startSpan();
        Consumed started = new Consumed(instruments, reports.attributes(), queue(), content.id(), span, true, since);
        consumed = started;
        reports.consumed(message, started);
        scope = sender.with(span).makeCurrent();
        instruments.consumed().add(1, reports.attributes().of(queue(), "process", "process"));
    }

    @Override
    public void ended(@Nullable Throwable thrown) {
        if (consumed != null && thrown != null) {
            consumed.threw(thrown);
        }
    }

    /** Restores the previous context even if the listener has left another one behind. */
    @Override
    public void close() {
        Scope closing = scope;
        if (closing == null) {
            return;
        }
        scope = null;
        reports.guarded(queue(), () -> {
            closing.close();
            if (Context.current() != before) {
                before.makeCurrent();
            }
        });
    }

    private String queue() {
        return message.lease().queue();
    }
}
