// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.Place;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;

/** A message in a queue in memory. The store that contains it guards it. */
final class StoredMessage {

    private final String queue;
    private final String id;
    private final byte[] value;
    private final @Nullable Instant expires;
    private Place place = Place.READY;
    private Instant since = Instant.EPOCH;
    private long deadSequence;
    private int failures;
    private @Nullable String reason;

    /** @param due when the message is delivered; null if it is ready at once */
    StoredMessage(String queue, String id, byte[] value, @Nullable Instant due, @Nullable Instant expires) {
        this.queue = queue;
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

    boolean isExpired(Instant now) {
        return expires != null && !expires.isAfter(now);
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
