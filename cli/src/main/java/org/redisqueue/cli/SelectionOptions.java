// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.MessageSelection;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that select messages: ids, conditions, or all of them. */
final class SelectionOptions {

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Choice choice;

    private static final class Choice {

        @Option(names = "--id", paramLabel = "<id>", description = "Id of a message. Repeatable.")
        private @Nullable List<String> ids;

        @Option(names = "--all", description = "All messages.")
        @SuppressWarnings("UnusedVariable") // its presence selects all messages
        private boolean all;

        @ArgGroup(exclusive = false)
        private @Nullable Conditions conditions;
    }

    private static final class Conditions {

        @Option(
                names = "--reason",
                paramLabel = "<text>",
                description = "Dead letters whose reason contains this text.")
        private @Nullable String reason;

        @Option(
                names = "--older-than",
                paramLabel = "<duration>",
                description =
                        "Dead letters that were dead-lettered at least this long ago, such as 90s, 15m, 2h or 7d.")
        private @Nullable Duration olderThan;

        @Option(names = "--header", paramLabel = "<name=value>", description = "Dead letters with this header.")
        private @Nullable String header;
    }

    /** @throws InvalidArgumentException if the options contradict each other, or a value is not allowed */
    MessageSelection selection() {
        try {
            return selected();
        } catch (IllegalArgumentException e) {
            throw new InvalidArgumentException(String.valueOf(e.getMessage()));
        }
    }

    private MessageSelection selected() {
        if (choice.ids != null) {
            return MessageSelection.ids(choice.ids);
        }
        MessageSelection selection = MessageSelection.all();
        Conditions conditions = choice.conditions;
        if (conditions == null) {
            return selection;
        }
        if (conditions.reason != null) {
            selection = selection.reasonContains(conditions.reason);
        }
        if (conditions.olderThan != null) {
            selection = selection.olderThan(conditions.olderThan);
        }
        if (conditions.header != null) {
            int equals = conditions.header.indexOf('=');
            if (equals < 1) {
                throw new InvalidArgumentException("--header must be name=value.");
            }
            selection =
                    selection.header(conditions.header.substring(0, equals), conditions.header.substring(equals + 1));
        }
        return selection;
    }
}
