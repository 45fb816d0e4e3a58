// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.redisqueue.spi.PrintableText;

/**
 * A body to send with headers, an id or a time to live of its own.
 *
 * <p>A body alone is sent by {@link RedisQueueConnection#send(String, Object)} as it is. Not safe for use by several
 * threads at once.
 */
public final class OutgoingMessage {

    private static final Duration SHORTEST_TIME_TO_LIVE = Duration.ofMillis(1);
    private static final Duration LONGEST_TIME_TO_LIVE = Duration.ofDays(3_650);

    private final Object body;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private String id;
    private Duration timeToLive;

    private OutgoingMessage(Object body) {
        this.body = Objects.requireNonNull(body, "body");
    }

    /**
     * A message with this body.
     *
     * @param body a {@code String} (stored as UTF-8), a {@code byte[]} (stored as it is), or any other object (stored
     *     as JSON, written by the container's JSON-B)
     */
    public static OutgoingMessage of(Object body) {
        return new OutgoingMessage(body);
    }

    /**
     * Adds a header, or replaces the one of that name. A message has up to 200 headers of 65,536 bytes in all, the
     * adapter's own among them.
     *
     * @param name 1 to 100 characters of {@code A-Za-z0-9-_.}; {@code sent} is the adapter's own
     * @param value printable text on one line; surrounding white space is not kept
     * @throws IllegalArgumentException if either cannot be written as a header
     */
    public OutgoingMessage header(String name, String value) {
        if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
            throw new IllegalArgumentException(
                    "Header name '" + PrintableText.of(name) + "' is not 1 to 100 characters of A-Z a-z 0-9 . _ -");
        }
        if (name.equalsIgnoreCase("sent")) {
            throw new IllegalArgumentException("Header 'sent' is set by the adapter: RedisMessage.sentAt() reads it");
        }
        if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("The value of header '" + name + "' has a control character");
        }
        headers.keySet().removeIf(name::equalsIgnoreCase);
        headers.put(name, value.strip());
        return this;
    }

    /**
     * Gives the message an id of its own instead of a new one. As long as a message with this id is in the queue,
     * sending it again changes nothing.
     *
     * @param id 1 to 200 printable ASCII characters without a space
     * @throws IllegalArgumentException if it is anything else
     */
    public OutgoingMessage id(String id) {
        if (!id.matches("[\\x21-\\x7e]{1,200}")) {
            throw new IllegalArgumentException("Message id '" + PrintableText.of(id)
                    + "' is not 1 to 200 printable ASCII characters without a space");
        }
        this.id = id;
        return this;
    }

    /**
     * Lets the message vanish if it has not been acknowledged after this time.
     *
     * @param timeToLive 1 ms to 3,650 days; without it a message stays until it is consumed
     * @throws IllegalArgumentException if it is out of this range
     */
    public OutgoingMessage timeToLive(Duration timeToLive) {
        if (timeToLive.compareTo(SHORTEST_TIME_TO_LIVE) < 0 || timeToLive.compareTo(LONGEST_TIME_TO_LIVE) > 0) {
            throw new IllegalArgumentException("RQ-128 Time to live " + timeToLive + " is not 1 ms to 3,650 days");
        }
        this.timeToLive = timeToLive;
        return this;
    }

    /** The body, as it was given. */
    public Object body() {
        return body;
    }

    /** The headers in the order in which they were first added. */
    public Map<String, String> headers() {
        return new LinkedHashMap<>(headers);
    }

    /** The id, if one was given. */
    public Optional<String> id() {
        return Optional.ofNullable(id);
    }

    /** The time to live, if one was given. */
    public Optional<Duration> timeToLive() {
        return Optional.ofNullable(timeToLive);
    }
}
