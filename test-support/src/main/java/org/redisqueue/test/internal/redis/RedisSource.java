// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.protocol.MessageFormat;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.test.internal.state.QueueSource;
import org.redisqueue.test.internal.state.QueuedMessage;

/**
 * The content of one queue in Redis, as the operations for operators show it.
 *
 * @param name the name of the queue
 */
public record RedisSource(QueueAdmin admin, String name) implements QueueSource {

    @Override
    public Map<Place, Long> counts() {
        QueueStatus status = admin.queue(name);
        Map<Place, Long> counts = new TreeMap<>();
        counts.put(Place.READY, status.ready());
        counts.put(Place.SCHEDULED, status.scheduled());
        counts.put(Place.WAITING, status.waiting());
        counts.put(Place.DELIVERING, status.delivering());
        counts.put(Place.REDELIVERING, status.redelivering());
        counts.put(Place.IN_DOUBT, status.inDoubt());
        counts.put(Place.DEAD, status.dead());
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    /** {@return at most {@link QueueAdmin#MAX_PAGE} messages of each place} */
    @Override
    public List<QueuedMessage> messages() {
        List<QueuedMessage> messages = new ArrayList<>();
        for (Place place : counts().keySet()) {
            for (MessageSummary summary :
                    admin.browse(name, place, null, QueueAdmin.MAX_PAGE).messages()) {
                admin.message(name, summary.id())
                        .flatMap(this::message)
                        .ifPresent(message -> messages.add(new QueuedMessage(place, message, summary.reason())));
            }
        }
        return messages;
    }

    private Optional<RedisMessage> message(MessageDetails details) {
        byte[] body = details.binary()
                ? Base64.getDecoder().decode(details.body())
                : details.body().getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = new LinkedHashMap<>(details.headers());
        if (details.summary().sent() != null) {
            headers.put(MessageFormat.SENT, details.summary().sent().toString());
        } else {
            headers.remove(MessageFormat.SENT);
        }
        try {
            return Optional.of(ReceivedMessage.of(
                    name,
                    details.summary().id(),
                    MessageFormat.encode(headers, body),
                    details.summary().deliveries() + 1));
        } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<String> hints() {
        QueueStatus status = admin.queue(name);
        List<String> hints = new ArrayList<>();
        if (status.paused()) {
            hints.add("The queue is paused.");
        }
        if (status.ready() > 0 && status.consumers() == 0) {
            hints.add("No server reports a listener that consumes the queue.");
        }
        return hints;
    }
}
