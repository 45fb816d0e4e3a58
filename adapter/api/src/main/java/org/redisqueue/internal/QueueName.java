// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import org.jspecify.annotations.Nullable;

/** Defines the syntax of queue names and validates them. */
public final class QueueName {

    /**
     * The regular expression that a queue name must match: plain characters, or a hash tag in braces that is followed by
     * plain characters.
     */
    public static final String PATTERN = "(?=.{1,200}$)(\\{[A-Za-z0-9._:-]+})?[A-Za-z0-9._:-]+";

    /** What a queue name must be, for error messages. */
    public static final String SYNTAX =
            "1 to 200 characters from A-Z a-z 0-9 . _ : -, optionally after a hash tag such as {shop}";

    private QueueName() {}

    /**
     * Checks a queue name and returns it.
     *
     * @param queue the name
     * @return the same name
     * @throws IllegalArgumentException if the name is null or invalid
     */
    public static String require(@Nullable String queue) {
        if (queue == null || !queue.matches(PATTERN)) {
            throw new IllegalArgumentException(
                    "RQ-106 Invalid queue name '" + PrintableText.of(queue) + "': must be " + SYNTAX);
        }
        return queue;
    }
}
