// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.telemetry.app;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import jakarta.inject.Inject;
import java.sql.SQLException;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** Writes a row for each order, in a span of its own. */
public class BookingListener implements RedisMessageListener {

    @Inject
    private Tracer tracer;

    @Override
    public void onMessage(RedisMessage message) {
        Span span = tracer.spanBuilder("insert booking").startSpan();
        try {
            Bookings.insert(message.text(), Span.current().getSpanContext().getTraceId());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            span.end();
        }
    }
}
