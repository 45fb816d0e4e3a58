// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.internal;

import org.jspecify.annotations.Nullable;

/** Validates topic names, which have the same syntax as queue names. */
public final class TopicName {

    private TopicName() {}

    /**
     * Checks a topic name and returns it.
     *
     * @param topic the name
     * @return the same name
     * @throws IllegalArgumentException if the name is null or invalid
     */
    public static String require(@Nullable String topic) {
        if (topic == null || !topic.matches(QueueName.PATTERN)) {
            throw new IllegalArgumentException("RQ-106 Invalid topic name '" + PrintableText.of(topic)
                    + "': must be 1 to 200 characters from A-Z a-z 0-9 . _ : -");
        }
        return topic;
    }
}
