// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;

/** The names of enum constants in JSON and in query parameters, such as {@code inDoubt} for {@code IN_DOUBT}. */
public final class Constants {

    private Constants() {}

    /** Returns the name of a constant in camel case. */
    public static String name(Enum<?> constant) {
        StringBuilder name = new StringBuilder();
        for (String word : constant.name().toLowerCase(Locale.ROOT).split("_")) {
            name.append(name.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }

    /**
     * Returns the constant with a name.
     *
     * @param field the field or parameter, for the error message
     * @throws QueueAdminException if there is no such constant
     */
    public static <E extends Enum<E>> E parse(Class<E> type, String field, String name) {
        for (E constant : type.getEnumConstants()) {
            if (name(constant).equals(name)) {
                return constant;
            }
        }
        String known =
                Arrays.stream(type.getEnumConstants()).map(Constants::name).collect(Collectors.joining(", "));
        throw new QueueAdminException(Kind.INVALID, field + " must be one of " + known + ".");
    }
}
