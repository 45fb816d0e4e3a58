// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Reads the global instance without setting it. {@link GlobalOpenTelemetry#get} would set an instance that does nothing
 * if there is none yet, and the application or the server could no longer set theirs.
 */
final class GlobalInstance {

    /** In newer versions of the API. */
    private static final @Nullable Method IS_SET = isSet();

    /** In older versions of the API. */
    private static final @Nullable Field FIELD = IS_SET == null ? field() : null;

    private GlobalInstance() {}

    private static @Nullable Method isSet() {
        try {
            return GlobalOpenTelemetry.class.getMethod("isSet");
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable Field field() {
        try {
            Field field = GlobalOpenTelemetry.class.getDeclaredField("globalOpenTelemetry");
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // Open Liberty replaces the class by one that has no global instance
        }
    }

    /** Returns the global instance, or null if it has not been set. */
    static @Nullable OpenTelemetry get() {
        return wasSet() ? GlobalOpenTelemetry.get() : null;
    }

    private static boolean wasSet() {
        try {
            if (IS_SET != null) {
                return Boolean.TRUE.equals(IS_SET.invoke(null));
            }
            return FIELD != null && FIELD.get(null) != null;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
