// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import jakarta.json.bind.JsonbBuilder;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;

/** Compares the types that are refused when a listener is deployed with those that Yasson reads. */
final class Yasson {

    private static final List<String> BODIES = List.of(
            "{\"a\":\"1\"}",
            "{\"type\":\"car\",\"a\":\"1\"}",
            "{}",
            "\"1\"",
            "\"X\"",
            "1",
            "true",
            "\"2026-01-31\"",
            "\"2026-01-31T12:00:00Z\"",
            "\"PT1S\"",
            "\"11111111-1111-1111-1111-111111111111\"",
            "[{\"a\":\"1\"}]",
            "[{\"type\":\"car\"}]",
            "[\"1\"]",
            "[[{\"a\":\"1\"}]]",
            "{\"k\":{\"a\":\"1\"}}",
            "{\"k\":[{\"a\":\"1\"}]}");

    private Yasson() {}

    /** {@return whether the deployment of a listener with these parameters is refused} */
    static boolean isRefused(Method listener) {
        try {
            ListenerSignature.of(listener.getDeclaringClass(), listener);
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** {@return the bodies that Yasson reads as this type, apart from those without any value} */
    static List<String> readable(Type type) {
        return BODIES.stream().filter(body -> isReadable(body, type)).toList();
    }

    private static boolean isReadable(String body, Type type) {
        try {
            Object value = JsonbBuilder.create().fromJson(body, type);
            return !(value instanceof Map<?, ?> map && map.isEmpty());
        } catch (RuntimeException e) {
            return false;
        }
    }
}
