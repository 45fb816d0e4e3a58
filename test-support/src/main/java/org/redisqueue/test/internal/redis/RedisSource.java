// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessagePage;
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

    @Override
    public List<QueuedMessage> messages() {
        List<QueuedMessage> messages = new ArrayList<>();
        for (Place place : counts().keySet()) {
            String cursor = null;
            do {
                MessagePage page = admin.browse(name, place, cursor, QueueAdmin.MAX_PAGE);
                for (MessageSummary summary : page.messages()) {
                    admin.message(name, summary.id())
                            .map(details -> queued(place, details, summary))
                            .ifPresent(messages::add);
                }
                cursor = page.next();
            } while (cursor != null);
        }
        return messages;
    }

    private QueuedMessage queued(Place place, MessageDetails details, MessageSummary summary) {
        int failures = summary.deliveries();
        int count = place == Place.DEAD ? Math.max(1, failures) : failures + 1;
        return new QueuedMessage(place, message(details, count), failures, summary.reason());
    }

    private RedisMessage message(MessageDetails details, int deliveryCount) {
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
            return ReceivedMessage.of(name, details.summary().id(), MessageFormat.encode(headers, body), deliveryCount);
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
