// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.internal.MessageId;
import org.redisqueue.internal.PrintableText;

/**
 * A message to send that has headers, an id chosen by the application, a group, a priority, a time to live, a time of
 * delivery, or a deduplication key.
 *
 * <p>To send only a body, pass the body itself to {@link RedisQueueConnection#send(String, Object)}.
 *
 * <p>Instances are not thread-safe.
 */
public final class OutgoingMessage {

    /** The header that tells the receiver the group of a message. */
    static final String GROUP = "Group";

    /** The header that tells the receiver the priority of a message. */
    static final String PRIORITY = "Priority";

    static final int MAX_PRIORITY = 10;

    private static final Duration MIN_TIME_TO_LIVE = Duration.ofMillis(1);
    private static final Duration MAX_TIME_TO_LIVE = Duration.ofDays(3_650);
    private static final Duration MAX_DELAY = Duration.ofDays(3_650);
    private static final Duration MIN_WINDOW = Duration.ofMillis(1);
    private static final Duration MAX_WINDOW = Duration.ofDays(3_650);

    private final Object body;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable String id;
    private @Nullable Duration timeToLive;
    private @Nullable Duration delay;
    private @Nullable Instant deliverAt;
    private @Nullable String deduplicationKey;
    private @Nullable Duration deduplicationWindow;
    private OnDuplicate onDuplicate = OnDuplicate.DROP;
    private @Nullable String group;
    private int priority;

    private OutgoingMessage(Object body) {
        this.body = Objects.requireNonNull(body, "body");
    }

    /**
     * Creates a message with the given body.
     *
     * @param body a {@code String}, which is stored as UTF-8; a {@code byte[]}, which is stored unchanged; or any other
     *     object, which the container's JSON-B serializes as JSON when the message is sent
     * @return the message
     */
    public static OutgoingMessage of(Object body) {
        return new OutgoingMessage(body);
    }

    /**
     * Adds a header, or replaces the header of the same name.
     *
     * <p>A message has at most 200 headers and at most 65,536 bytes before its body, both including those that the
     * adapter adds. {@link RedisQueueConnection#send(String, Object)} checks these limits.
     *
     * @param name 1 to 100 characters from {@code A-Z a-z 0-9 . _ -}, case-insensitive; {@code sent}, {@code Group},
     *     {@code Priority} and {@code Deliver-At} are reserved for the adapter
     * @param value text without control characters; leading and trailing white space is removed
     * @return this message
     * @throws IllegalArgumentException if the name or the value is invalid
     */
    public OutgoingMessage header(String name, String value) {
        if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
            throw new IllegalArgumentException("Invalid header name '" + PrintableText.of(name)
                    + "': must be 1 to 100 characters from A-Z a-z 0-9 . _ -");
        }
        if (name.equalsIgnoreCase("sent")) {
            throw new IllegalArgumentException(
                    "Header 'sent' is reserved for the adapter. Use RedisMessage.sentAt() to read it.");
        }
        if (name.equalsIgnoreCase(GROUP) || name.equalsIgnoreCase(PRIORITY)) {
            throw new IllegalArgumentException("Header '" + name + "' is reserved for the adapter. Use OutgoingMessage."
                    + name.toLowerCase(Locale.ROOT) + "() to set it.");
        }
        if (name.equalsIgnoreCase("Deliver-At")) {
            throw new IllegalArgumentException(
                    "Header '" + name + "' is reserved for the adapter. Use OutgoingMessage.deliverAt() to set it.");
        }
        if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("The value of header '" + name + "' contains a control character.");
        }
        headers.keySet().removeIf(name::equalsIgnoreCase);
        headers.put(name, value.strip());
        return this;
    }

    /**
     * Sets the id of the message. Without it, the adapter generates a new one.
     *
     * <p>While the queue contains a message with this id, sending a second one has no effect.
     *
     * @param id 1 to 200 printable ASCII characters, without spaces
     * @return this message
     * @throws IllegalArgumentException if the id is invalid
     */
    public OutgoingMessage id(String id) {
        this.id = MessageId.require(id);
        return this;
    }

    /**
     * Sets the time to live. A message that is not acknowledged within this time expires: depending on {@code onExpiry}
     * of its consumer, it is dropped or dead-lettered. Without a time to live, a message stays until it is consumed.
     * The time to live of a scheduled message starts when the message is due.
     *
     * @param timeToLive 1 ms to 3,650 days, measured by the Redis server's clock
     * @return this message
     * @throws IllegalArgumentException if the time to live is out of range
     */
    public OutgoingMessage timeToLive(Duration timeToLive) {
        if (timeToLive.compareTo(MIN_TIME_TO_LIVE) < 0 || timeToLive.compareTo(MAX_TIME_TO_LIVE) > 0) {
            throw new IllegalArgumentException(
                    "RQ-128 The time to live is " + timeToLive + ", but must be 1 ms to 3,650 days.");
        }
        this.timeToLive = timeToLive;
        return this;
    }

    /**
     * Schedules the message: consumers receive it after this delay. The delay starts when the message is sent or, in a
     * transaction, when the transaction commits. Replaces an earlier {@link #delay} or {@link #deliverAt}.
     *
     * <p>A message can be canceled until it is due, see {@link RedisQueueConnection#cancelScheduled}.
     *
     * @param delay 0 to 3,650 days, measured by the Redis server's clock with a precision of 1 ms; with less than 1 ms,
     *     the message is not scheduled
     * @return this message
     * @throws IllegalArgumentException if the delay is out of range
     */
    public OutgoingMessage delay(Duration delay) {
        if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
            throw new IllegalArgumentException("RQ-136 The delay is " + delay + ", but must be 0 to 3,650 days.");
        }
        this.delay = delay;
        this.deliverAt = null;
        return this;
    }

    /**
     * Schedules the message: consumers receive it at this time or, if it has passed, at once. Replaces an earlier
     * {@link #delay} or {@link #deliverAt}.
     *
     * <p>A message can be canceled until it is due, see {@link RedisQueueConnection#cancelScheduled}.
     *
     * @param time a time at most 3,650 days from now, by the Redis server's clock with a precision of 1 ms
     * @return this message
     * @throws IllegalArgumentException if the time is out of range
     */
    public OutgoingMessage deliverAt(Instant time) {
        if (time.isAfter(Instant.now().plus(MAX_DELAY))) {
            throw new IllegalArgumentException(
                    "RQ-136 The time of delivery is " + time + ", but must be at most 3,650 days from now.");
        }
        this.deliverAt = time;
        this.delay = null;
        return this;
    }

    /**
     * Sets the deduplication key: of all messages with this key that are sent to a queue within the window, only the
     * first is kept. Sending another one has no effect, and returns the id of the message that was kept.
     *
     * <p>The window starts when the message is sent or, in a transaction, when the transaction commits. Until it ends, the
     * key belongs to the message, even if the message has been consumed, has expired, or was canceled or deleted.
     *
     * <p>{@link RedisQueueConnection#send(String, Object)} looks the key up, in a transaction with one additional round
     * trip to Redis. If two transactions send messages with the same key at the same time, {@link #onDuplicate} decides
     * whether the later commit drops its message or rolls back.
     *
     * @param key 1 to 200 printable ASCII characters, without spaces
     * @param window 1 ms to 3,650 days, measured by the Redis server's clock with a precision of 1 ms
     * @return this message
     * @throws IllegalArgumentException if the key is invalid or the window is out of range
     */
    public OutgoingMessage deduplicationKey(String key, Duration window) {
        if (!MessageId.isValid(key)) {
            throw new IllegalArgumentException("RQ-138 Invalid deduplication key '" + PrintableText.of(key)
                    + "': must be 1 to 200 printable ASCII characters without spaces");
        }
        if (window.compareTo(MIN_WINDOW) < 0 || window.compareTo(MAX_WINDOW) > 0) {
            throw new IllegalArgumentException(
                    "RQ-138 The deduplication window is " + window + ", but must be 1 ms to 3,650 days.");
        }
        this.deduplicationKey = key;
        this.deduplicationWindow = window;
        return this;
    }

    /**
     * Sets what happens if another message gets the {@linkplain #deduplicationKey deduplication key} before the
     * transaction of this message commits. The default is {@link OnDuplicate#DROP}. Has no effect on a message without
     * a deduplication key.
     *
     * @param onDuplicate whether the transaction drops this message or rolls back
     * @return this message
     */
    public OutgoingMessage onDuplicate(OnDuplicate onDuplicate) {
        this.onDuplicate = Objects.requireNonNull(onDuplicate, "onDuplicate");
        return this;
    }

    /**
     * Adds the message to a group of its queue, such as the orders of one customer. The messages of a group are delivered
     * one after the other, in the order in which they were committed: the next one is delivered when the previous one has
     * been acknowledged, or is a dead letter. Messages of other groups, and messages without a group, do not wait.
     *
     * <p>While a message of the group waits for its redelivery, the following ones wait, too. The order of messages that
     * one transaction sends is that of the calls of {@code send}. Scheduled messages join the group when they are due
     * and are published, in the order of their due times. A dead letter that is requeued is delivered before those
     * messages of its group that still wait.
     *
     * <p>Work that a listener does outside of its transaction can overlap with that of the next message if the listener has
     * lost its lease.
     *
     * <p>The receiver reads the group with {@link RedisMessage#group()}.
     *
     * @param group 1 to 200 printable ASCII characters, without spaces
     * @return this message
     * @throws IllegalArgumentException if the name of the group is invalid
     */
    public OutgoingMessage group(String group) {
        this.group = MessageId.requireGroup(group);
        return this;
    }

    /**
     * Sets the priority. Ready messages with a higher priority are delivered before all others of their queue; those with
     * the same priority in the order in which they were committed. The default is 0.
     *
     * <p>The priority takes effect when messages are claimed. A listener with the property {@code prefetch} first delivers
     * those that it has already claimed. Within a {@linkplain #group group}, the order of the messages does not
     * depend on their priorities.
     *
     * @param priority -10 to 10
     * @return this message
     * @throws IllegalArgumentException if the priority is out of range
     */
    public OutgoingMessage priority(int priority) {
        if (priority < -MAX_PRIORITY || priority > MAX_PRIORITY) {
            throw new IllegalArgumentException("The priority is " + priority + ", but must be -10 to 10.");
        }
        this.priority = priority;
        return this;
    }

    /** {@return the body that was passed to {@link #of}} */
    public Object body() {
        return body;
    }

    /** {@return a copy of the headers, in the order in which they were added} */
    public Map<String, String> headers() {
        return new LinkedHashMap<>(headers);
    }

    /** {@return the id, or empty if none was set} */
    public Optional<String> id() {
        return Optional.ofNullable(id);
    }

    /** {@return the time to live, or empty if none was set} */
    public Optional<Duration> timeToLive() {
        return Optional.ofNullable(timeToLive);
    }

    /** {@return the delay, or empty if none was set} */
    public Optional<Duration> delay() {
        return Optional.ofNullable(delay);
    }

    /** {@return the time of delivery, or empty if none was set} */
    public Optional<Instant> deliverAt() {
        return Optional.ofNullable(deliverAt);
    }

    /** {@return the deduplication key, or empty if none was set} */
    public Optional<String> deduplicationKey() {
        return Optional.ofNullable(deduplicationKey);
    }

    /** {@return how long the deduplication key is kept, or empty if none was set} */
    public Optional<Duration> deduplicationWindow() {
        return Optional.ofNullable(deduplicationWindow);
    }

    /** {@return what happens if another message gets the deduplication key first} */
    public OnDuplicate onDuplicate() {
        return onDuplicate;
    }

    /** {@return the group, or empty if none was set} */
    public Optional<String> group() {
        return Optional.ofNullable(group);
    }

    /** {@return the priority, 0 if none was set} */
    public int priority() {
        return priority;
    }
}
