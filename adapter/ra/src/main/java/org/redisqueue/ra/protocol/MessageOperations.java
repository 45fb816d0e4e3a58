// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.admin.Place;
import org.redisson.api.RScript.ReturnType;

/** Reads and changes single messages. */
public final class MessageOperations {

    /** Up to this number of ready messages, a message is looked for among them, and removed from among them. */
    public static final int SEARCHED = 100_000;

    /** How many ready messages {@link #delete} examines at a time if there are more. */
    public static final int WINDOW = 5_000;

    private static final int HEAD_BYTES = 300;
    private static final int MAX_EXAMINED = 1_000;
    private static final int FIELDS = 9;

    private final RedisCalls calls;
    private final Keys keys;

    MessageOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }

    /**
     * A message in a list.
     *
     * @param token the token of its holder; empty if there is none
     * @param score when it was dead-lettered, is due or redelivered, or its lease ends, in milliseconds since 1970; 0 if none
     * @param size size of its value in bytes
     * @param head the beginning of its value
     * @param deliveries number of failed and abandoned deliveries
     * @param reason why it was dead-lettered; empty if it was not
     * @param deadline when it expires, in milliseconds since 1970; 0 if it does not
     * @param attributes its group and its priority
     */
    public record Listed(
            String id,
            String token,
            long score,
            long size,
            byte[] head,
            int deliveries,
            String reason,
            long deadline,
            MessageAttributes attributes) {}

    /**
     * A part of the messages in one place.
     *
     * @param next number of entries to skip for the next page; -1 if there is none
     */
    public record Page(List<Listed> messages, long next) {}

    /**
     * One message.
     *
     * @param value the beginning of its value
     * @param digest the SHA-1 of the whole value; empty if the value is longer than {@code value}
     * @param place {@link Place#DEAD}, {@link Place#SCHEDULED}, {@link Place#WAITING}, {@link Place#REDELIVERING} or
     *     {@link Place#READY}; empty if it is in none of these places, or if there are too many ready messages to look for
     *     it
     */
    public record Found(
            long size,
            byte[] value,
            String digest,
            Optional<Place> place,
            long score,
            int deliveries,
            String reason,
            long deadline,
            MessageAttributes attributes) {}

    /** The result of deleting a message. */
    public enum Deletion {
        DELETED,
        NOT_FOUND,
        /** The message is neither ready, scheduled, waiting nor a dead letter. */
        HELD,
        /** Many messages are ready, and the message is not among those that were examined. */
        NOT_EXAMINED
    }

    /**
     * Lists messages. Reads as many as it can within two milliseconds.
     *
     * @param place a place in which messages can be
     * @param skip number of entries to skip
     * @param limit maximum number of messages, 1 to 1,000
     */
    public CompletableFuture<Page> browse(String queue, Place place, long skip, int limit) {
        ScriptArguments arguments = new ScriptArguments()
                .key(keys.ready(queue))
                .key(keys.processing(queue))
                .key(keys.dead(queue))
                .key(keys.errors(queue))
                .key(keys.failures(queue))
                .key(keys.abandoned(queue))
                .key(keys.expiry(queue))
                .key(keys.arrived(queue))
                .add(place.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .add(skip)
                .add(limit)
                .add(MAX_EXAMINED)
                .add(HEAD_BYTES);
        return calls.run(Script.BROWSE, arguments.keys(), arguments.values()).thenApply(reply -> {
            List<Object> found = Reply.list(reply.get(1));
            List<Listed> messages = new ArrayList<>();
            for (int i = 0; i < found.size(); i += FIELDS) {
                messages.add(new Listed(
                        Reply.text(found.get(i)),
                        Reply.text(found.get(i + 1)),
                        (Long) found.get(i + 2),
                        (Long) found.get(i + 3),
                        (byte[]) found.get(i + 4),
                        Reply.count(found.get(i + 5)),
                        Reply.text(found.get(i + 6)),
                        (Long) found.get(i + 7),
                        MessageAttributes.parse(Reply.text(found.get(i + 8)))));
            }
            return new Page(messages, (Long) reply.get(0));
        });
    }

    /**
     * Reads a message.
     *
     * @param maxBytes maximum number of bytes of its value to return
     * @return empty if it does not exist
     */
    public CompletableFuture<Optional<Found>> message(String queue, String id, int maxBytes) {
        ScriptArguments arguments = ofMessage(queue, id).add(id).add(maxBytes).add(SEARCHED);
        return calls.run(Script.MESSAGE, arguments.keys(), arguments.values()).thenApply(reply -> {
            if (reply.isEmpty()) {
                return Optional.empty();
            }
            String place = Reply.text(reply.get(3));
            return Optional.of(new Found(
                    (Long) reply.get(0),
                    (byte[]) reply.get(1),
                    Reply.text(reply.get(2)),
                    place.isEmpty() ? Optional.empty() : Optional.of(Place.valueOf(place.toUpperCase(Locale.ROOT))),
                    (Long) reply.get(4),
                    Reply.count(reply.get(5)),
                    Reply.text(reply.get(6)),
                    (Long) reply.get(7),
                    MessageAttributes.parse(Reply.text(reply.get(8)))));
        });
    }

    /**
     * The entry of a message in processing.
     *
     * @param token the token of its holder
     * @param score when its lease ends, in milliseconds since 1970; infinite if it belongs to a prepared branch
     */
    public record Entry(String token, double score) {}

    /**
     * Looks for the entry of a message in processing. Examines as many entries as it can within two milliseconds, and
     * then continues with another call.
     *
     * @return empty if there is none
     */
    public CompletableFuture<Optional<Entry>> holder(String queue, String id) {
        return holder(queue, id, "0");
    }

    private CompletableFuture<Optional<Entry>> holder(String queue, String id, String cursor) {
        return calls.run(Script.HOLDER, List.of(keys.processing(queue)), List.of(id, cursor))
                .thenCompose(reply -> {
                    String next = Reply.text(reply.get(0));
                    if (reply.size() > 1) {
                        String score = Reply.text(reply.get(2));
                        return CompletableFuture.completedFuture(Optional.of(new Entry(
                                Reply.text(reply.get(1)),
                                score.equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(score))));
                    }
                    return next.equals("0")
                            ? CompletableFuture.completedFuture(Optional.empty())
                            : holder(queue, id, next);
                });
    }

    /**
     * Replaces the value of a dead letter.
     *
     * @param digest the SHA-1 of the value to replace
     * @return 1 if it was replaced, 0 if it has changed, -1 if it is not a dead letter, -2 if it has no message
     */
    public CompletableFuture<Long> edit(String queue, String id, String digest, byte[] value) {
        ScriptArguments arguments = new ScriptArguments()
                .key(keys.message(queue, id))
                .key(keys.dead(queue))
                .key(keys.errors(queue))
                .add(id)
                .add(digest)
                .add(value);
        return calls.run(Script.EDIT, ReturnType.LONG, arguments.keys(), arguments.values());
    }

    /**
     * Deletes a message that is ready, scheduled or waiting, or a dead letter.
     *
     * @param skip if many messages are ready, how many of them to skip before examining {@value #WINDOW} of them
     */
    public CompletableFuture<Deletion> delete(String queue, String id, long skip) {
        ScriptArguments arguments =
                ofMessage(queue, id).add(id).add(SEARCHED).add(skip).add(WINDOW);
        return calls.<Long>run(Script.DELETE, ReturnType.LONG, arguments.keys(), arguments.values())
                .thenApply(result -> result == 1
                        ? Deletion.DELETED
                        : result == 0 ? Deletion.NOT_FOUND : result == -1 ? Deletion.HELD : Deletion.NOT_EXAMINED);
    }

    private ScriptArguments ofMessage(String queue, String id) {
        return new ScriptArguments()
                .key(keys.message(queue, id))
                .key(keys.ready(queue))
                .key(keys.processing(queue))
                .key(keys.dead(queue))
                .key(keys.errors(queue))
                .key(keys.failures(queue))
                .key(keys.abandoned(queue))
                .key(keys.expiry(queue))
                .key(keys.arrived(queue));
    }
}
