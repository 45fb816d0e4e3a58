// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.Place;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.protocol.SendOptions;
import org.redisqueue.ra.protocol.SendRequest;

/** A message in a queue in memory. The store that contains it guards it. */
final class StoredMessage {

    static final String EXPIRED = "It expired before it was acknowledged";

    private final String queue;
    private final String id;
    private final byte[] value;
    private final @Nullable Instant expires;
    private final @Nullable String group;
    private final int priority;
    private Place place = Place.READY;
    private Instant since = Instant.EPOCH;
    private long deadSequence;
    private int failures;
    private @Nullable String reason;

    /** Returns the stored form of a message that is sent now. */
    static StoredMessage of(SendRequest sent, Instant now) {
        Instant due = due(sent.options(), now);
        Instant start = due == null ? now : due;
        Instant expires = sent.timeToLiveMillis() == 0 ? null : start.plusMillis(sent.timeToLiveMillis());
        return new StoredMessage(sent.queue(), sent.id(), sent.value(), due, expires, sent.options());
    }

    /** When a message becomes due; null if it is ready at once. */
    private static @Nullable Instant due(SendOptions options, Instant now) {
        Instant due = options.delayMillis() > 0
                ? now.plusMillis(options.delayMillis())
                : Instant.ofEpochMilli(options.deliverAtMillis());
        return due.isAfter(now) ? due : null;
    }

    /**
     * @param due when the message is delivered; null if it is ready at once
     * @param options its group and its priority
     */
    private StoredMessage(
            String queue,
            String id,
            byte[] value,
            @Nullable Instant due,
            @Nullable Instant expires,
            SendOptions options) {
        this.queue = queue;
        this.group = options.group();
        this.priority = options.priority();
        this.id = id;
        this.value = value;
        this.expires = expires;
        if (due != null) {
            place = Place.SCHEDULED;
            since = due;
        }
    }

    String queue() {
        return queue;
    }

    String id() {
        return id;
    }

    Place place() {
        return place;
    }

    /** Returns whether the message belongs to the same group as another one. */
    boolean isInGroupOf(StoredMessage other) {
        return group != null && group.equals(other.group);
    }

    /** Returns whether no later message of its group may be delivered. */
    boolean isHead() {
        return place == Place.READY || place == Place.DELIVERING || place == Place.REDELIVERING;
    }

    int priority() {
        return priority;
    }

    /** Lets the message wait for others of its group. */
    void await() {
        place = Place.WAITING;
    }

    int failures() {
        return failures;
    }

    /** Returns when the message was dead-lettered or, if it is scheduled or waits for its redelivery, when it is due. */
    Instant since() {
        return since;
    }

    /** Returns a number that grows with each dead letter. */
    long deadSequence() {
        return deadSequence;
    }

    @Nullable
    String reason() {
        return reason;
    }

    /** Returns whether the message has expired before it could be delivered. */
    boolean isExpired(Instant now) {
        boolean waits = place == Place.READY || place == Place.REDELIVERING;
        return waits && expires != null && !expires.isAfter(now);
    }

    boolean isDue(Instant now) {
        return place == Place.REDELIVERING && !since.isAfter(now);
    }

    /** Returns whether the message is scheduled for this time or an earlier one. */
    boolean isToPublish(Instant now) {
        return place == Place.SCHEDULED && !since.isAfter(now);
    }

    void claim() {
        place = Place.DELIVERING;
    }

    void release() {
        place = Place.READY;
    }

    void redeliver(Instant due) {
        failures++;
        place = Place.REDELIVERING;
        since = due;
    }

    /** @param failed whether a delivery failed, as opposed to the message having expired */
    void deadLetter(Instant now, long sequence, String why, boolean failed) {
        failures += failed ? 1 : 0;
        place = Place.DEAD;
        since = now;
        deadSequence = sequence;
        reason = why;
    }

    /** Returns the message as its current or next delivery or, if it is a dead letter, its last one shows it. */
    RedisMessage received() {
        try {
            return ReceivedMessage.of(queue, id, value, place == Place.DEAD ? Math.max(1, failures) : failures + 1);
        } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
    }
}
