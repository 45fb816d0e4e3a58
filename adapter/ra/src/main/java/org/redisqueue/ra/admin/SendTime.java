// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.MessageFormat;

/**
 * Finds out when a message was sent, and since when it has been ready: from its headers, or from its id if that is a version
 * 7 UUID.
 */
final class SendTime {

    private static final Pattern SENT = header(MessageFormat.SENT);
    private static final Pattern DUE = header(MessageFormat.DELIVER_AT);
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
        Optional<Instant> sent = time(SENT, head);
        if (sent.isEmpty() && UUID_7.matcher(id).matches()) {
            return Optional.of(Instant.ofEpochMilli(UUID.fromString(id).getMostSignificantBits() >>> 16));
        }
        return sent;
    }

    /**
     * Returns the time from which the age of a ready message counts: the time at which it was due if it was scheduled,
     * otherwise that at which it was sent.
     *
     * @param head the beginning of its value
     * @return empty if that is unknown
     */
    static Optional<Instant> readySince(String id, byte[] head) {
        return Stream.of(of(id, head), time(DUE, head))
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder());
    }

    private static Pattern header(String name) {
        return Pattern.compile("\\ARQ/1\\r?\\n(?:[^\\r\\n]+\\r?\\n)*?(?i:" + name + "):[ \\t]*(\\S+)[ \\t]*\\r?\\n");
    }

    private static Optional<Instant> time(Pattern header, byte[] head) {
        Matcher found = header.matcher(new String(head, StandardCharsets.UTF_8));
        return found.find() ? Optional.ofNullable(parsed(found.group(1))) : Optional.empty();
    }

    private static @Nullable Instant parsed(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
