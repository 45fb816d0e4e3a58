// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;

/**
 * The span of a batch delivery. It starts a new trace and links to the spans that sent the messages.
 */
@SuppressWarnings("MustBeClosedChecker") // scopes end with close(), whatever the listener has done meanwhile
final class BatchSpan implements BatchCall {

    private final OpenTelemetryReports reports;
    private final List<RedisMessage> messages;
    private final String queue;
    private final Context before = Context.current();
    private final Instant since = Instant.now();
    private @Nullable Instruments instruments;
    private @Nullable Span span;
    private @Nullable Scope scope;
    private @Nullable String errorType;
    private boolean settled;

    BatchSpan(OpenTelemetryReports reports, List<RedisMessage> messages) {
        this.reports = reports;
        this.messages = messages;
        this.queue = messages.get(0).queue();
    }

    @Override
    public void begin() {
        if (span == null) {
            reports.guarded(queue, this::beginNow);
        }
    }

    private void beginNow() {
        Instruments current = reports.instruments();
        if (current == null) {
            return;
        }
        instruments = current;
        Attributes attributes = reports.attributes().of(queue, "process", "process");
        SpanBuilder builder = current.tracer()
                .spanBuilder("process " + queue)
                .setSpanKind(SpanKind.CONSUMER)
                .setNoParent()
                .setStartTimestamp(since)
                .setAllAttributes(attributes)
                .setAttribute(MessagingAttributes.BATCH, (long) messages.size());
        for (RedisMessage message : messages) {
            link(
                    builder,
                    Span.fromContext(TraceHeaders.sender(message, current.propagator()))
                            .getSpanContext());
        }
        link(builder, Span.current().getSpanContext());
        Span started = builder.startSpan();
        span = started;
        scope = Context.root().with(started).makeCurrent();
    }

    private static void link(SpanBuilder builder, SpanContext linked) {
        if (linked.isValid()) {
            builder.addLink(linked);
        }
    }

    @Override
    public void ended(@Nullable Throwable thrown) {
        if (thrown != null) {
            errorType = thrown.getClass().getName();
        }
    }

    @Override
    public void settled(Outcome outcome, String reason, long nanos) {
        Instruments current = instruments;
        Span ending = span;
        if (current == null || ending == null || settled) {
            return;
        }
        settled = true;
        reports.guarded(queue, () -> end(current, ending, outcome, reason, nanos));
    }

    private void end(Instruments current, Span ending, Outcome outcome, String reason, long nanos) {
        Attributes common = reports.attributes().of(queue, "process", "process");
        if (outcome != Outcome.ROLLED_BACK) { // otherwise the individual deliveries count the messages
            current.consumed().add(messages.size(), common);
        }
        ending.setAttribute(MessagingAttributes.OUTCOME, outcome.attribute());
        Attributes measured = common;
        if (outcome == Outcome.ROLLED_BACK || outcome == Outcome.ABANDONED) {
            String type = errorType != null ? errorType : outcome == Outcome.ABANDONED ? "abandoned" : "rolled_back";
            ending.setAttribute(MessagingAttributes.ERROR_TYPE, type);
            ending.setStatus(StatusCode.ERROR, reason);
            measured = MessagingAttributes.failed(common, type);
        }
        ending.end(since.plusNanos(nanos));
        current.processing().record(Consumed.seconds(nanos), measured);
    }

    /** Restores the previous context even if the listener has left another one behind, and ends the span. */
    @Override
    public void close() {
        settled(
                Outcome.ABANDONED,
                "The delivery failed",
                Duration.between(since, Instant.now()).toNanos());
        Scope closing = scope;
        if (closing == null) {
            return;
        }
        scope = null;
        reports.guarded(queue, () -> {
            closing.close();
            if (Context.current() != before) {
                before.makeCurrent();
            }
        });
    }
}
