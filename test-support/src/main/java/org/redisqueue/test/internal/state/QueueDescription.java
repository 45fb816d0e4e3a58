// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.state;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.Place;
import org.redisqueue.internal.PrintableText;

/** Describes the content of a queue for the message of a failed assertion. */
public final class QueueDescription {

    private static final int MAX_MESSAGES = 20;
    private static final int MAX_BODY = 300;

    private QueueDescription() {}

    /** {@return the current content of a queue, as the end of a sentence about it, followed by hints} */
    public static String of(QueueSource source) {
        List<QueuedMessage> messages = source.messages();
        Map<Place, Long> counts = new TreeMap<>(source.counts());
        StringBuilder text = new StringBuilder();
        if (counts.isEmpty()) {
            text.append("it is empty.");
        } else {
            text.append("it has ").append(counts(counts)).append(':');
            messages.stream()
                    .limit(MAX_MESSAGES)
                    .forEach(message -> text.append("\n  ").append(describe(message)));
            long more = counts.values().stream().mapToLong(Long::longValue).sum() - MAX_MESSAGES;
            if (more > 0) {
                text.append("\n  … and ").append(more).append(" more");
            }
        }
        source.hints().forEach(hint -> text.append('\n').append(hint));
        return text.toString();
    }

    private static String counts(Map<Place, Long> counts) {
        return counts.entrySet().stream()
                .map(each -> each.getValue() + " " + name(each.getKey()))
                .collect(Collectors.joining(", "));
    }

    /** {@return the name of a place, in lower case with spaces} */
    public static String name(Place place) {
        return place.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String describe(QueuedMessage queued) {
        RedisMessage message = queued.message();
        StringBuilder text =
                new StringBuilder(name(queued.place())).append(": ").append(message.id());
        if (queued.failures() > 0) {
            text.append(", failed deliveries: ").append(queued.failures());
        }
        if (queued.reason() != null) {
            text.append(", reason: ").append(queued.reason());
        }
        if (!message.headers().isEmpty()) {
            text.append(", headers ").append(message.headers());
        }
        return text.append(", body ").append(body(message.bytes())).toString();
    }

    /** {@return the body as text, shortened, or its size if it is binary} */
    public static String body(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return "of " + bytes.length + " bytes that are not text";
        }
        return PrintableText.of(text.length() > MAX_BODY ? text.substring(0, MAX_BODY) + "…" : text);
    }
}
