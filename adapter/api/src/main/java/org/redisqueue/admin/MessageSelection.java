// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Selects messages by id, or by conditions, all of which a message must meet. Immutable.
 *
 * @param ids the ids of the selected messages; null to select by conditions
 * @param reasonContains a text that the reason of a dead letter contains, case-sensitive; null for any reason
 * @param olderThan the minimum time since the message was dead-lettered; null for any time
 * @param headerName the name of a header, case-insensitive; null for any headers
 * @param headerValue the exact value of that header; null if no header is required
 */
public record MessageSelection(
        @Nullable List<String> ids,
        @Nullable String reasonContains,
        @Nullable Duration olderThan,
        @Nullable String headerName,
        @Nullable String headerValue) {

    /** The maximum number of ids in a selection: 10,000. */
    public static final int MAX_IDS = 10_000;

    /**
     * Creates a selection.
     *
     * @param ids see {@link #ids()}
     * @param reasonContains see {@link #reasonContains()}
     * @param olderThan see {@link #olderThan()}
     * @param headerName see {@link #headerName()}
     * @param headerValue see {@link #headerValue()}
     * @throws IllegalArgumentException if ids are combined with other conditions, if there are more than
     *     {@value #MAX_IDS} ids, if the age is negative, or if only one of name and value of a header is given
     */
    public MessageSelection {
        if (ids != null) {
            ids = List.copyOf(ids);
            if (reasonContains != null || olderThan != null || headerName != null) {
                throw new IllegalArgumentException("A selection has either ids or conditions, not both.");
            }
            if (ids.size() > MAX_IDS) {
                throw new IllegalArgumentException(
                        "A selection has at most " + MAX_IDS + " ids, but " + ids.size() + " were given.");
            }
        }
        if (olderThan != null && olderThan.isNegative()) {
            throw new IllegalArgumentException("olderThan must not be negative, but is " + olderThan + ".");
        }
        if ((headerName == null) != (headerValue == null)) {
            throw new IllegalArgumentException("A header condition has a name and a value.");
        }
    }

    /** {@return a selection of all messages} */
    public static MessageSelection all() {
        return new MessageSelection(null, null, null, null, null);
    }

    /**
     * Selects messages by id.
     *
     * @param ids at most {@value #MAX_IDS} ids
     * @return the selection
     */
    public static MessageSelection ids(List<String> ids) {
        return new MessageSelection(ids, null, null, null, null);
    }

    /**
     * Restricts the selection to dead letters whose reason contains a text.
     *
     * @param part the text, case-sensitive
     * @return a new selection
     */
    public MessageSelection reasonContains(String part) {
        return new MessageSelection(ids, Objects.requireNonNull(part), olderThan, headerName, headerValue);
    }

    /**
     * Restricts the selection to messages that were dead-lettered a while ago.
     *
     * @param age the minimum time since the message was dead-lettered, not negative
     * @return a new selection
     */
    public MessageSelection olderThan(Duration age) {
        return new MessageSelection(ids, reasonContains, Objects.requireNonNull(age), headerName, headerValue);
    }

    /**
     * Restricts the selection to messages with a certain header.
     *
     * @param name the name of the header, case-insensitive
     * @param value the exact value of the header
     * @return a new selection
     */
    public MessageSelection header(String name, String value) {
        return new MessageSelection(
                ids, reasonContains, olderThan, Objects.requireNonNull(name), Objects.requireNonNull(value));
    }
}
