// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import org.jspecify.annotations.Nullable;

/** Defines the syntax of topic names, that of queue names without a hash tag, and validates them. */
public final class TopicName {

    /** The regular expression that a topic name must match. */
    public static final String PATTERN = "[A-Za-z0-9._:-]{1,200}";

    private TopicName() {}

    /**
     * Checks a topic name and returns it.
     *
     * @param topic the name
     * @return the same name
     * @throws IllegalArgumentException if the name is null or invalid
     */
    public static String require(@Nullable String topic) {
        if (topic == null || !topic.matches(PATTERN)) {
            throw new IllegalArgumentException("RQ-106 Invalid topic name '" + PrintableText.of(topic)
                    + "': must be 1 to 200 characters from A-Z a-z 0-9 . _ : -");
        }
        return topic;
    }
}
