// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Replaces {@code ${name}} and {@code ${name:default}} in annotations with system properties or environment variables. */
public final class Expressions {

    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{([^:}]+)(?::([^}]*))?}");

    private Expressions() {}

    /**
     * Replaces the expressions in a text.
     *
     * @throws IllegalArgumentException if a name has no value and no default
     */
    public static String resolve(String text) {
        return EXPRESSION
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(value(match.group(1), match.group(2))));
    }

    private static String value(String name, @Nullable String defaultValue) {
        String value = System.getProperty(name, System.getenv(name));
        if (value != null) {
            return value;
        } else if (defaultValue != null) {
            return defaultValue;
        }
        throw new IllegalArgumentException(
                "No value is configured for ${" + name + "}. Set the system property '" + name + "' in the test.");
    }
}
