// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessagePage;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.internal.PrintableText;
import org.redisqueue.ra.protocol.MessageFormat;
import org.redisqueue.ra.protocol.MessageFormat.Content;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.protocol.MessageOperations;
import org.redisqueue.ra.protocol.MessageOperations.Deletion;
import org.redisqueue.ra.protocol.MessageOperations.Entry;
import org.redisqueue.ra.protocol.MessageOperations.Found;
import org.redisqueue.ra.protocol.MessageOperations.Listed;
import org.redisqueue.ra.protocol.MessageOperations.Page;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.ScheduleOperations;

/** Single messages: listing, reading, editing and deleting them. */
final class Messages {

    private static final int MAX_VALUE = MessageFormat.MAX_HEAD_BYTES + QueueAdmin.MAX_BODY;

    /** How many times a page asks for more if Redis has found only few messages in the time that a call may take. */
    private static final int MAX_CALLS = 20;

    /** How many ready messages are examined at most to delete one of them. */
    private static final long MAX_SEARCHED = 20_000_000;

    private final MessageOperations operations;
    private final ScheduleOperations schedule;
    private final Servers servers;
    private final InDoubtBranches branches;

    Messages(QueueOperations operations, Servers servers, InDoubtBranches branches) {
        this.operations = operations.admin().messages();
        this.schedule = operations.schedule();
        this.servers = servers;
        this.branches = branches;
    }

    MessagePage browse(String queue, Place place, @Nullable String cursor, int limit) {
        List<MessageSummary> messages = new ArrayList<>();
        long skip = cursor == null ? 0 : parsed(cursor);
        for (int i = 0; i < MAX_CALLS && skip >= 0 && messages.size() < limit; i++) {
            Page page = Replies.await(operations.browse(queue, place, skip, limit - messages.size()));
            page.messages().forEach(each -> messages.add(summary(place, each)));
            skip = page.next();
        }
        return new MessagePage(
                place == Place.IN_DOUBT ? withBranches(queue, messages) : messages,
                skip < 0 ? null : String.valueOf(skip));
    }

    private static long parsed(String cursor) {
        if (!cursor.matches("[0-9]{1,15}")) {
            throw new QueueAdminException(Kind.INVALID, "The cursor must be the one of a previous page.");
        }
        return Long.parseLong(cursor);
    }

    private MessageSummary summary(Place place, Listed listed) {
        return new MessageSummary(
                listed.id(),
                place,
                listed.size(),
                SendTime.of(listed.id(), listed.head()).orElse(null),
                place == Place.DEAD ? instant(listed.score()) : null,
                place == Place.DEAD ? null : instant(listed.score()),
                instant(listed.deadline()),
                listed.deliveries(),
                place == Place.DEAD || !listed.reason().isEmpty() ? listed.reason() : null,
                place == Place.DELIVERING ? servers.holder(listed.token()) : null,
                null,
                listed.attributes().group(),
                listed.attributes().priority());
    }

    private List<MessageSummary> withBranches(String queue, List<MessageSummary> messages) {
        if (messages.isEmpty()) {
            return messages;
        }
        Map<String, String> consumers = branches.consumersOf(queue);
        return messages.stream()
                .map(message -> new MessageSummary(
                        message.id(),
                        message.place(),
                        message.size(),
                        message.sent(),
                        message.since(),
                        message.due(),
                        message.expires(),
                        message.deliveries(),
                        message.reason(),
                        message.holder(),
                        consumers.get(message.id()),
                        message.group(),
                        message.priority()))
                .toList();
    }

    private static @Nullable Instant instant(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }

    Optional<MessageDetails> message(String queue, String id) {
        return found(queue, id).map(found -> details(queue, id, found));
    }

    private Optional<Found> found(String queue, String id) {
        return Replies.await(operations.message(queue, id, MAX_VALUE));
    }

    private MessageDetails details(String queue, String id, Found found) {
        MessageSummary summary = found.place()
                .map(place -> summary(place, listed(id, "", found)))
                .orElseGet(() -> located(queue, id, found));
        Map<String, String> headers = Map.of();
        byte[] body = found.value();
        String malformed = null;
        try {
            Content content = MessageFormat.decode(found.value());
            headers = content.headers();
            body = content.body();
        } catch (MalformedMessageException e) {
            malformed = e.getMessage();
        }
        boolean truncated = found.size() > found.value().length || body.length > QueueAdmin.MAX_BODY;
        if (body.length > QueueAdmin.MAX_BODY) {
            body = Arrays.copyOf(body, QueueAdmin.MAX_BODY);
        }
        Optional<String> text = text(body, truncated);
        byte[] binary = body;
        return new MessageDetails(
                summary,
                headers,
                text.orElseGet(() -> Base64.getEncoder().encodeToString(binary)),
                text.isEmpty(),
                truncated,
                malformed,
                truncated ? "" : found.digest());
    }

    /** A message that is neither a dead letter nor waiting for redelivery, and was not found among the ready ones. */
    private MessageSummary located(String queue, String id, Found found) {
        Optional<Entry> entry = Replies.await(operations.holder(queue, id));
        if (entry.isEmpty()) {
            return summary(Place.READY, listed(id, "", found)); // there are many ready messages
        }
        double score = entry.get().score();
        if (Double.isInfinite(score)) {
            return withBranches(queue, List.of(summary(Place.IN_DOUBT, listed(id, "", found))))
                    .get(0);
        }
        Listed listed = listed(id, entry.get().token(), found);
        return summary(
                Place.DELIVERING,
                new Listed(
                        id,
                        listed.token(),
                        (long) score,
                        listed.size(),
                        listed.head(),
                        listed.deliveries(),
                        listed.reason(),
                        listed.deadline(),
                        listed.attributes()));
    }

    private static Listed listed(String id, String token, Found found) {
        return new Listed(
                id,
                token,
                found.score(),
                found.size(),
                found.value(),
                found.deliveries(),
                found.reason(),
                found.deadline(),
                found.attributes());
    }

    /** The text of a body; empty if it is not UTF-8. A truncated body may end within a character. */
    private static Optional<String> text(byte[] body, boolean truncated) {
        for (int cut = 0; cut <= (truncated ? 3 : 0) && cut <= body.length; cut++) {
            try {
                return Optional.of(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(body, 0, body.length - cut))
                        .toString());
            } catch (CharacterCodingException e) {
                // tries without the last byte
            }
        }
        return Optional.empty();
    }

    void editBody(String queue, String id, String body, String version) {
        if (version.isEmpty()) {
            throw new QueueAdminException(
                    Kind.INVALID, "A body of more than " + QueueAdmin.MAX_BODY + " bytes cannot be replaced.");
        }
        byte[] replacement = body.getBytes(StandardCharsets.UTF_8);
        if (replacement.length > QueueAdmin.MAX_BODY) {
            throw new QueueAdminException(
                    Kind.INVALID,
                    "The new body has " + replacement.length + " bytes. It must have at most " + QueueAdmin.MAX_BODY
                            + ".");
        }
        Found found = found(queue, id).orElseThrow(() -> missing(queue, id));
        if (!version.equals(found.digest())) {
            throw changed(id);
        }
        byte[] value;
        try {
            value = replaced(found.value(), replacement);
        } catch (MalformedMessageException e) {
            throw new QueueAdminException(
                    Kind.CONFLICT,
                    "The body of message '" + PrintableText.of(id) + "' cannot be replaced: " + e.getMessage(),
                    e);
        }
        long result = Replies.await(operations.edit(queue, id, version, value));
        if (result == 0) {
            throw changed(id);
        } else if (result == -1) {
            throw new QueueAdminException(
                    Kind.CONFLICT, "Message '" + PrintableText.of(id) + "' is not a dead letter.");
        } else if (result < 0) {
            throw missing(queue, id);
        }
    }

    /** The value with another body. A body that begins like a message with headers gets an empty head. */
    private static byte[] replaced(byte[] value, byte[] body) throws MalformedMessageException {
        Map<String, String> headers = MessageFormat.decode(value).headers();
        return headers.isEmpty() && MessageFormat.isBody(body) ? body : MessageFormat.encode(headers, body);
    }

    boolean cancelScheduled(String queue, String id) {
        return Replies.await(schedule.cancel(queue, id));
    }

    void delete(String queue, String id) {
        Deletion result = Deletion.NOT_EXAMINED;
        for (long skip = 0; result == Deletion.NOT_EXAMINED && skip <= MAX_SEARCHED; skip += MessageOperations.WINDOW) {
            result = Replies.await(operations.delete(queue, id, skip));
        }
        if (result == Deletion.NOT_FOUND) {
            throw missing(queue, id);
        } else if (result != Deletion.DELETED) {
            throw new QueueAdminException(
                    Kind.CONFLICT,
                    "Message '" + PrintableText.of(id) + "' is neither ready, scheduled or waiting nor a dead"
                            + " letter: a consumer or a transaction holds it, or it waits for redelivery.");
        }
    }

    private static QueueAdminException missing(String queue, String id) {
        return new QueueAdminException(
                Kind.NOT_FOUND, "Queue '" + queue + "' has no message '" + PrintableText.of(id) + "'.");
    }

    private static QueueAdminException changed(String id) {
        return new QueueAdminException(
                Kind.CONFLICT, "Message '" + PrintableText.of(id) + "' has changed since it was read. Read it again.");
    }
}
