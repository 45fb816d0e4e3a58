// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.redisqueue.internal.MessageId;
import org.redisqueue.internal.QueueName;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;

/**
 * The form in which an outbox stores a message for a queue in another slot: a message whose headers contain the queue, the
 * id and the options, and whose body is the value of the message.
 */
final class Envelope {

    private static final String QUEUE = "Queue";
    private static final String ID = "Message-Id";
    private static final String TIME_TO_LIVE = "Time-To-Live";
    private static final String DELAY = "Delay";
    private static final String TIME = "Time";
    private static final String KEY = "Deduplication-Key";
    private static final String WINDOW = "Deduplication-Window";

    private static final long LONGEST = 315_360_000_000L;
    private static final long LATEST = 99_999_999_999_999L;
    private static final int MOST_PRIORITY = 10;

    private Envelope() {}

    /**
     * Puts a message into an envelope. The envelopes of a group to the same queue are forwarded in sequence.
     *
     * @param home the queue whose outbox keeps the envelope
     */
    static SendRequest seal(String home, SendRequest message) {
        SendOptions options = message.options();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(QUEUE, message.queue());
        headers.put(ID, message.id());
        put(headers, TIME_TO_LIVE, message.timeToLiveMillis());
        put(headers, DELAY, options.delayMillis());
        put(headers, TIME, options.deliverAtMillis());
        if (options.deduplication() != null) {
            headers.put(KEY, options.deduplication().key());
            put(headers, WINDOW, options.deduplication().windowMillis());
        }
        if (options.group() != null) {
            headers.put(MessageFormat.GROUP, options.group());
        }
        put(headers, MessageFormat.PRIORITY, options.priority());
        String group = options.group() == null ? null : group(message.queue(), options.group());
        return new SendRequest(
                OutboxName.of(home),
                QueueOperations.newId(),
                MessageFormat.encode(headers, message.value()),
                0,
                new SendOptions(0, 0, null, group));
    }

    /** The group of an envelope: a hash, because the name of a queue and a group may be too long together. */
    private static String group(String queue, String group) {
        return UUID.nameUUIDFromBytes((queue + ' ' + group).getBytes(StandardCharsets.US_ASCII))
                .toString();
    }

    private static void put(Map<String, String> headers, String name, long value) {
        if (value != 0) {
            headers.put(name, Long.toString(value));
        }
    }

    /**
     * Takes the message out of an envelope. Everything is checked, because Redis would refuse all messages of a call if the
     * options of one were invalid.
     *
     * @throws MalformedMessageException if the value is not an envelope
     */
    static SendRequest open(ClaimedMessage envelope) throws MalformedMessageException {
        MessageFormat.Content content = MessageFormat.decode(envelope.value());
        Map<String, String> headers = content.headers();
        String queue = headers.getOrDefault(QUEUE, "");
        String id = headers.getOrDefault(ID, "");
        if (!queue.matches(QueueName.PATTERN)) {
            throw malformed(QUEUE);
        }
        require(id, ID);
        String group = headers.get(MessageFormat.GROUP);
        if (group != null) {
            require(group, MessageFormat.GROUP);
        }
        return new SendRequest(
                queue,
                id,
                content.body(),
                number(headers, TIME_TO_LIVE, 0, LONGEST),
                new SendOptions(
                        number(headers, DELAY, 0, LONGEST),
                        number(headers, TIME, 0, LATEST),
                        deduplication(headers),
                        group,
                        (int) number(headers, MessageFormat.PRIORITY, -MOST_PRIORITY, MOST_PRIORITY),
                        envelope.lease().id()));
    }

    private static @Nullable Deduplication deduplication(Map<String, String> headers) throws MalformedMessageException {
        String key = headers.get(KEY);
        if (key == null) {
            return null;
        }
        require(key, KEY);
        long window = number(headers, WINDOW, 0, LONGEST);
        if (window == 0) {
            throw malformed(WINDOW);
        }
        return new Deduplication(key, window, false);
    }

    private static void require(String text, String header) throws MalformedMessageException {
        if (!MessageId.isValid(text)) {
            throw malformed(header);
        }
    }

    private static long number(Map<String, String> headers, String name, long least, long most)
            throws MalformedMessageException {
        try {
            long number = Long.parseLong(headers.getOrDefault(name, "0"));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw malformed(name);
        }
        throw malformed(name);
    }

    private static MalformedMessageException malformed(String header) {
        return new MalformedMessageException("The header " + header + " of the envelope is missing or invalid");
    }
}
