// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds out when a message was sent: from its header {@code sent}, or from its id if that is a version 7 UUID. */
final class SendTime {

    private static final Pattern HEAD =
            Pattern.compile("\\ARQ/1\\r?\\n(?:[^\\r\\n]+\\r?\\n)*?(?i:sent):[ \\t]*(\\S+)[ \\t]*\\r?\\n");
    private static final Pattern UUID_7 =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}");

    private SendTime() {}

    /**
     * Returns when a message was sent.
     *
     * @param head the beginning of its value
     * @return empty if that is unknown
     */
    static Optional<Instant> of(String id, byte[] head) {
        Matcher header = HEAD.matcher(new String(head, StandardCharsets.UTF_8));
        Instant sent = header.find() ? parsed(header.group(1)) : null;
        if (sent == null && UUID_7.matcher(id).matches()) {
            sent = Instant.ofEpochMilli(UUID.fromString(id).getMostSignificantBits() >>> 16);
        }
        return Optional.ofNullable(sent);
    }

    private static @Nullable Instant parsed(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
