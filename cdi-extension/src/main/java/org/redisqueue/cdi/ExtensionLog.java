// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.redisqueue.internal.PrintableText;

/** The log messages of the extension, in the log category of the adapter. The documentation describes the remedies. */
enum ExtensionLog {
    WAITING("RQ-551", Level.WARNING, "Listener '%s' is waiting for a resource adapter: %s"),
    FOUND("RQ-552", Level.INFO, "Listener '%s' has found its resource adapter."),
    NOT_ACTIVATED("RQ-553", Level.WARNING, "Listener '%s' cannot be activated (retrying every second): %s"),
    NOT_RESCHEDULED("RQ-554", Level.WARNING, "Listener '%s' has stopped looking for a resource adapter: %s");

    private static final Logger LOGGER = Logger.getLogger("org.redisqueue");

    private final String id;

    @SuppressWarnings("ImmutableEnumChecker") // levels do not change
    private final Level level;

    private final String text;

    ExtensionLog(String id, Level level, String text) {
        this.id = id;
        this.level = level;
        this.text = text;
    }

    /** {@return the beginning of the message's row in the table of the documentation} */
    String row() {
        return id + " | " + level + " | " + text;
    }

    void log(@Nullable Object... arguments) {
        LOGGER.log(
                level,
                () -> id + " "
                        + text.formatted(
                                Arrays.stream(arguments).map(PrintableText::of).toArray()));
    }
}
