// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A message that an application got, and how its delivery ends. For a listener, that ends the span of the delivery; a
 * span of its own describes the call to Redis that redelivers or dead-letters the message. A message that
 * {@code receive} returned is settled after the end of its span.
 */
final class Consumed {

    private final Instruments instruments;
    private final MessagingAttributes attributes;
    private final String queue;
    private final String id;
    private final Span span;
    private final boolean processing;
    private final Instant since;
    private volatile @Nullable String errorType;

    /**
     * @param span the span of the delivery or of the receive operation
     * @param processing whether the message was delivered to a listener
     * @param since when the delivery began
     */
    Consumed(
            Instruments instruments,
            MessagingAttributes attributes,
            String queue,
            String id,
            Span span,
            boolean processing,
            Instant since) {
        this.instruments = instruments;
        this.attributes = attributes;
        this.queue = queue;
        this.id = id;
        this.span = span;
        this.processing = processing;
        this.since = since;
    }

    /** Records the type of the exception that the listener threw. */
    void threw(Throwable thrown) {
        errorType = thrown.getClass().getName();
    }

    void acknowledged(long nanos) {
        if (processing) {
            processed("acknowledged", nanos, null, null);
        } else {
            settled("acknowledge", Instant.now());
        }
    }

    /**
     * The message was redelivered or dead-lettered by a call to Redis after the delivery.
     *
     * @param outcome how the delivery ended
     * @param operation the call to Redis
     */
    void failed(String outcome, String operation, long nanos, String reason) {
        Instant end = since.plusNanos(nanos);
        String type = errorType;
        if (processing) {
            processed(outcome, nanos, type == null ? "rolled_back" : type, reason);
        }
        settled(operation, end);
    }

    /** The delivery ended, and the adapter does not know more about the message. */
    void ended(String outcome, long nanos) {
        if (processing) {
            processed(outcome, nanos, null, null);
        }
    }

    /** The delivery ended without effect. */
    void endedWithError(String outcome, long nanos, String type, String description) {
        if (processing) {
            String thrown = errorType;
            processed(outcome, nanos, thrown == null ? type : thrown, description);
        }
    }

    private void processed(String outcome, long nanos, @Nullable String type, @Nullable String reason) {
        Attributes common = attributes.of(queue, "process", "process");
        span.setAttribute(MessagingAttributes.OUTCOME, outcome);
        if (type != null) {
            span.setAttribute(MessagingAttributes.ERROR_TYPE, type);
            span.setStatus(StatusCode.ERROR, reason == null ? "" : reason);
            common = MessagingAttributes.failed(common, type);
        }
        if (nanos > 0) {
            span.end(since.plusNanos(nanos));
            instruments.processing().record(seconds(nanos), common);
        } else { // it does not count
            span.end();
        }
    }

    private void settled(String operation, Instant start) {
        Attributes common = attributes.of(queue, "settle", operation);
        Instant now = Instant.now();
        Instant end = now.isBefore(start) ? start : now;
        instruments
                .tracer()
                .spanBuilder(operation + " " + queue)
                .setSpanKind(SpanKind.CLIENT)
                .setParent(Context.root().with(span))
                .setAllAttributes(common)
                .setAttribute(MessagingAttributes.MESSAGE_ID, id)
                .setStartTimestamp(start)
                .startSpan()
                .end(end);
        instruments.operations().record(seconds(Duration.between(start, end).toNanos()), common);
    }

    static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
