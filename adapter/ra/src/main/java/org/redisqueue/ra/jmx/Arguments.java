// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Converts the arguments and results of operations. */
final class Arguments {

    private Arguments() {}

    /** Returns the constant with this name, in any case. */
    static <E extends Enum<E>> E constant(Class<E> type, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown value '" + name + "'. Known values: "
                        + Arrays.toString(type.getEnumConstants()) + "."));
    }

    /** Returns null for an empty text, because consoles cannot pass null. */
    static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /** Returns the value, or throws an exception with this message. */
    static <T> T found(Optional<T> value, String otherwise) {
        return value.orElseThrow(() -> new NoSuchElementException(otherwise));
    }
}
