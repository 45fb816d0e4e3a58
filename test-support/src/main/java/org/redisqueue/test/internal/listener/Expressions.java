// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * Replaces {@code ${name}} and {@code ${name:default}} in annotations with configured values, as the CDI extension does:
 * those of MicroProfile Config, if the test has an implementation, or else system properties and environment variables.
 */
public final class Expressions {

    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{([^:}]+)(?::([^}]*))?}");

    private static final Function<String, Optional<String>> SOURCE = source();

    private Expressions() {}

    /**
     * Replaces the expressions in a text.
     *
     * @throws IllegalArgumentException if a name has no value and no default
     */
    public static String resolve(String text) {
        return EXPRESSION
                .matcher(text)
                .replaceAll(
                        match -> Matcher.quoteReplacement(value(match.group(1).strip(), match.group(2))));
    }

    private static String value(String name, @Nullable String defaultValue) {
        return SOURCE.apply(name)
                .or(() -> Optional.ofNullable(defaultValue))
                .orElseThrow(() -> new IllegalArgumentException("No value is configured for ${" + name
                        + "}. Set the system property '" + name + "' in the test."));
    }

    private static Function<String, Optional<String>> source() {
        try {
            return MicroProfile.source();
        } catch (LinkageError | IllegalStateException e) { // no MicroProfile Config
            return name ->
                    Optional.ofNullable(System.getProperty(name)).or(() -> Optional.ofNullable(System.getenv(name)));
        }
    }

    /** Separate, so that tests need not have the MicroProfile Config API. */
    private static final class MicroProfile {

        private static Function<String, Optional<String>> source() {
            ConfigProvider.getConfig();
            return name -> ConfigProvider.getConfig().getOptionalValue(name, String.class);
        }
    }
}
