// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The group and the priority of a message in Redis.
 *
 * @param group null if the message belongs to none
 * @param priority -10 to 10
 */
public record MessageAttributes(@Nullable String group, int priority) {

    private static final MessageAttributes NONE = new MessageAttributes(null, 0);

    private static final Pattern FORMAT = Pattern.compile("(?:- )?[0-9a-f]{16} (\\S*)(?: (-?(?:[1-9]|10)))?");

    /** Reads attributes in the format of {@code groups.lua}. Malformed ones count as none. */
    static MessageAttributes parse(String text) {
        Matcher matcher = FORMAT.matcher(text);
        if (!matcher.matches()) {
            return NONE;
        }
        String priority = matcher.group(2);
        return new MessageAttributes(
                matcher.group(1).isEmpty() ? null : matcher.group(1),
                priority == null ? 0 : Integer.parseInt(priority));
    }
}
