// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The options of a message to send, as {@code options.lua} reads them.
 *
 * @param delayMillis how long after its publication the message becomes due, 0 to 315,360,000,000 ms; 0 = at once
 * @param deliverAtMillis when the message becomes due, in milliseconds since 1970 by the Redis clock; 0 = at once. Only
 *     without a delay
 * @param deduplication the deduplication key; null if there is none
 * @param group the group within which messages are delivered in sequence, 1 to 200 printable ASCII characters without a
 *     space; null if the message belongs to none
 * @param priority -10 to 10; messages with a higher priority are delivered first
 * @param forwarded the id of the envelope that held the message in an outbox; null if none did
 */
public record SendOptions(
        long delayMillis,
        long deliverAtMillis,
        @Nullable Deduplication deduplication,
        @Nullable String group,
        int priority,
        @Nullable String forwarded) {

    /** The options of a message that is ready at once. */
    public static final SendOptions NONE = new SendOptions(0, 0);

    /** Creates the options of a message that is not forwarded. */
    public SendOptions(
            long delayMillis,
            long deliverAtMillis,
            @Nullable Deduplication deduplication,
            @Nullable String group,
            int priority) {
        this(delayMillis, deliverAtMillis, deduplication, group, priority, null);
    }

    /** Creates options without a priority. */
    public SendOptions(
            long delayMillis, long deliverAtMillis, @Nullable Deduplication deduplication, @Nullable String group) {
        this(delayMillis, deliverAtMillis, deduplication, group, 0);
    }

    /** Creates options without a deduplication key, a group or a priority. */
    public SendOptions(long delayMillis, long deliverAtMillis) {
        this(delayMillis, deliverAtMillis, null, null);
    }

    /** Returns whether there are none. */
    boolean isEmpty() {
        return delayMillis == 0
                && deliverAtMillis == 0
                && deduplication == null
                && group == null
                && priority == 0
                && forwarded == null;
    }

    /** Returns the options as JSON; empty if the message has none. */
    String json() {
        if (isEmpty()) { // faster, for the usual message
            return "";
        }
        StringJoiner members = new StringJoiner(",", "{", "}");
        if (delayMillis > 0) {
            members.add("\"delay\":" + delayMillis);
        } else if (deliverAtMillis > 0) {
            members.add("\"at\":" + deliverAtMillis);
        }
        if (deduplication != null) {
            members.add(deduplication.json());
        }
        if (group != null) {
            members.add("\"group\":\"" + Deduplication.escaped(group) + '"');
        }
        if (priority != 0) {
            members.add("\"priority\":" + priority);
        }
        if (forwarded != null) {
            members.add("\"forwarded\":\"" + Deduplication.escaped(forwarded) + '"');
        }
        return members.toString();
    }
}
