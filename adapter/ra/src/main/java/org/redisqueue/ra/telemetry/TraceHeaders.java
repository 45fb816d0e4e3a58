// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;

/**
 * The context of a trace in the headers of a message. Headers from Redis may have been written by anybody, so that only
 * values of a limited size are parsed, and an invalid value is ignored.
 */
final class TraceHeaders {

    /** The limits of W3C Trace Context and W3C Baggage. */
    private static final Map<String, Integer> MAX_LENGTHS = Map.of("traceparent", 100, "tracestate", 512);

    private static final int MAX_LENGTH = 8_192;

    private static final TextMapGetter<RedisMessage> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(RedisMessage message) {
            return message.headers().keySet();
        }

        @Override
        public @Nullable String get(@Nullable RedisMessage message, String name) {
            return message == null
                    ? null
                    : message.header(name)
                            .filter(value -> isAllowed(name, value))
                            .orElse(null);
        }
    };

    private TraceHeaders() {}

    /** Returns the headers that carry this context. */
    static Map<String, String> of(Context context, TextMapPropagator propagator) {
        Map<String, String> headers = new LinkedHashMap<>();
        propagator.inject(context, headers, (carrier, name, value) -> {
            if (carrier != null && name.matches("[A-Za-z0-9._-]{1,100}") && isAllowed(name, value)) {
                carrier.put(name, value);
            }
        });
        return headers;
    }

    /** Returns the context in which a message was sent; the root context if the message has none. */
    static Context sender(RedisMessage message, TextMapPropagator propagator) {
        try {
            return propagator.extract(Context.root(), message, GETTER);
        } catch (RuntimeException e) { // a propagator that does not expect such a value
            return Context.root();
        }
    }

    private static boolean isAllowed(String name, String value) {
        int limit = MAX_LENGTHS.getOrDefault(name.toLowerCase(Locale.ROOT), MAX_LENGTH);
        return value.length() <= limit && value.chars().noneMatch(c -> c < ' ' || c == 0x7f);
    }
}
