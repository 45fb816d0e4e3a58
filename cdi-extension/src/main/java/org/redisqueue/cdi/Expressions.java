// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;

/** Replaces the expressions <code>${name}</code> and <code>${name:default}</code> with configured values. */
final class Expressions {

    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{([^:}]+)(?::([^}]*))?}");

    private static final Function<String, Optional<String>> SOURCE = source();

    private Expressions() {}

    /** {@return whether the text contains an expression} */
    static boolean isIn(String text) {
        return EXPRESSION.matcher(text).find();
    }

    /**
     * Replaces all expressions in a text.
     *
     * @throws IllegalArgumentException if a name has neither a configured value nor a default
     */
    static String resolve(String text) {
        Matcher expression = EXPRESSION.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (expression.find()) {
            String name = expression.group(1).strip();
            String value = SOURCE.apply(name)
                    .or(() -> Optional.ofNullable(expression.group(2)))
                    .orElseThrow(() -> new IllegalArgumentException("'" + text + "': property '" + name
                            + "' is not configured and has no default; configure it, or write ${" + name
                            + ":default}"));
            expression.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return expression.appendTail(resolved).toString();
    }

    private static Function<String, Optional<String>> source() {
        try {
            return MicroProfile.source();
        } catch (LinkageError | IllegalStateException e) { // no MicroProfile Config
            return name ->
                    Optional.ofNullable(System.getProperty(name)).or(() -> Optional.ofNullable(System.getenv(name)));
        }
    }

    /** Separate, so that the extension can be loaded without the MicroProfile Config API. */
    private static final class MicroProfile {

        private static Function<String, Optional<String>> source() {
            ConfigProvider.getConfig();
            return name -> ConfigProvider.getConfig().getOptionalValue(name, String.class);
        }
    }
}
