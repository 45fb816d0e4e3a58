// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A setting of a queue that applies to all servers. It is kept in Redis. */
public enum QueueSetting {
    RATE_LIMIT(
            "rateLimit",
            QueueSetting.NO_LIMIT + "|" + QueueSetting.RATE_PATTERN,
            "none, or 1 to 1,000,000 messages per s, min or h, such as 100/s",
            "1/s"),
    MAX_QUEUE_CONCURRENCY(
            "maxQueueConcurrency", QueueSetting.NO_LIMIT + "|[1-9][0-9]{0,2}|1000", "none, or 1 to 1,000", "1"),
    /** Whether the messages of a group are delivered after a dead letter of their group, or wait for it. */
    ON_DEAD_LETTER("onDeadLetter", QueueSetting.ON_DEAD_LETTER_PATTERN, "continue or block", "block");

    /** The rates that a queue can be limited to. */
    public static final String RATE_PATTERN = "([1-9][0-9]{0,5}|1000000)/(s|min|h)";

    /** The values of {@link #ON_DEAD_LETTER}. */
    public static final String ON_DEAD_LETTER_PATTERN = "continue|block";

    /** The value that removes a limit, even if a listener declares one. */
    private static final String NO_LIMIT = "none";

    private final String property;
    private final Pattern pattern;
    private final String range;
    private final String strictest;

    QueueSetting(String property, String pattern, String range, String strictest) {
        this.property = property;
        this.pattern = Pattern.compile(pattern);
        this.range = range;
        this.strictest = strictest;
    }

    /** Returns the setting with this name. */
    public static Optional<QueueSetting> of(String property) {
        return Stream.of(values())
                .filter(setting -> setting.property.equals(property))
                .findFirst();
    }

    /** The name in Redis, in activations and for operators. */
    public String property() {
        return property;
    }

    /** Describes the valid values. */
    public String range() {
        return range;
    }

    /** The value that an invalid one counts as. */
    public String strictest() {
        return strictest;
    }

    /** Returns whether this is a valid value. */
    public boolean allows(String value) {
        return pattern.matcher(value).matches();
    }
}
