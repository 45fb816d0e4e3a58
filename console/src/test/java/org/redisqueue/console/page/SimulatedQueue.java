// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.redisqueue.admin.Holder;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueHistory;
import org.redisqueue.admin.QueueStatus;

/** A queue in memory. */
final class SimulatedQueue {

    private final String name;
    private final Map<String, MessageDetails> messages = new LinkedHashMap<>();
    private int consumers;
    private long deliveredPerMinute;
    private long failedPerMinute;
    private boolean paused;
    private Instant pausedUntil;
    private final Map<String, String> settings = new TreeMap<>();

    SimulatedQueue(String name) {
        this.name = name;
    }

    synchronized SimulatedQueue consumedBy(int listeners, long delivered, long failed) {
        consumers = listeners;
        deliveredPerMinute = delivered;
        failedPerMinute = failed;
        return this;
    }

    /** Adds a message that was sent some seconds ago. */
    SimulatedQueue add(Place place, String id, int secondsAgo) {
        return add(place, id, secondsAgo, null, null);
    }

    SimulatedQueue addHeld(String id, int seconds, Holder holder) {
        return add(Place.DELIVERING, id, seconds, null, holder);
    }

    SimulatedQueue addDead(String id, int secondsAgo, String reason) {
        return add(Place.DEAD, id, secondsAgo, reason, null);
    }

    private SimulatedQueue add(Place place, String id, int secondsAgo, String reason, Holder holder) {
        Instant now = Instant.now();
        Instant due = place == Place.SCHEDULED || place == Place.REDELIVERING || place == Place.DELIVERING
                ? now.plusSeconds(20 + secondsAgo % 600)
                : null;
        MessageSummary summary = new MessageSummary(
                id,
                place,
                180 + Math.abs(id.hashCode() % 900),
                now.minusSeconds(secondsAgo + 40L),
                place == Place.DEAD ? now.minusSeconds(secondsAgo) : null,
                due,
                null,
                place == Place.DEAD ? 5 : place == Place.REDELIVERING ? 2 : 0,
                reason,
                holder,
                place == Place.IN_DOUBT ? "00020005-0a0b0c-01" : null,
                place == Place.WAITING ? "customer-17" : null,
                0);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/json");
        headers.put("type", "order");
        String body = "{\"order\":\"" + id + "\",\"article\":4711,\"quantity\":2,\"customer\":\"Ada Lovelace\"}";
        return replace(new MessageDetails(summary, headers, body, false, false, null, "v1"));
    }

    /** Adds a message, or replaces that with the same id. */
    synchronized SimulatedQueue replace(MessageDetails message) {
        messages.put(message.summary().id(), message);
        return this;
    }

    synchronized void remove(String id) {
        messages.remove(id);
    }

    synchronized Optional<MessageDetails> message(String id) {
        return Optional.ofNullable(messages.get(id));
    }

    synchronized List<MessageDetails> in(Place place) {
        return messages.values().stream()
                .filter(message -> message.summary().place() == place)
                .toList();
    }

    synchronized void pause(Duration duration) {
        paused = true;
        pausedUntil = duration == null ? null : Instant.now().plus(duration);
    }

    synchronized void resume() {
        paused = false;
        pausedUntil = null;
    }

    synchronized Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    synchronized void change(String setting, String value) {
        if (value == null) {
            settings.remove(setting);
        } else {
            settings.put(setting, value);
        }
    }

    synchronized QueueStatus status() {
        long[] counts = new long[Place.values().length];
        Collection<MessageDetails> all = messages.values();
        all.forEach(message -> counts[message.summary().place().ordinal()]++);
        Duration oldest = in(Place.READY).stream()
                .map(message -> Duration.between(message.summary().sent(), Instant.now()))
                .findFirst()
                .orElse(null);
        return new QueueStatus(
                name,
                counts[Place.READY.ordinal()],
                counts[Place.SCHEDULED.ordinal()],
                counts[Place.WAITING.ordinal()],
                counts[Place.REDELIVERING.ordinal()],
                counts[Place.DELIVERING.ordinal()],
                counts[Place.IN_DOUBT.ordinal()],
                counts[Place.DEAD.ordinal()],
                oldest,
                paused,
                pausedUntil,
                consumers,
                deliveredPerMinute,
                failedPerMinute,
                Map.copyOf(settings));
    }

    QueueHistory history(int minutes) {
        int phase = name.hashCode() % 60;
        List<Long> delivered = new ArrayList<>();
        LongStream.range(0, minutes)
                .map(minute -> Math.round(deliveredPerMinute
                        * (0.7 + 0.25 * Math.sin((minute + phase) / 8.0) + 0.05 * Math.sin(minute * minute))))
                .forEach(delivered::add);
        List<Long> failed = LongStream.range(0, minutes)
                .mapToObj(minute -> minute > minutes - 15 && minute % 3 > 0 ? failedPerMinute : 0L)
                .toList();
        Instant first = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(minutes - 1L));
        return new QueueHistory(name, first, delivered, failed);
    }

    /** The message as a ready one. */
    static MessageDetails ready(MessageDetails message) {
        MessageSummary old = message.summary();
        MessageSummary summary = new MessageSummary(
                old.id(), Place.READY, old.size(), old.sent(), null, null, old.expires(), 0, null, null, null, null, 0);
        return with(message, summary, message.headers(), message.body());
    }

    static MessageDetails withBody(MessageDetails message, String body) {
        return with(message, message.summary(), message.headers(), body);
    }

    static MessageDetails withHeader(MessageDetails message, String header, String value) {
        Map<String, String> headers = new LinkedHashMap<>(message.headers());
        headers.put(header, value);
        return with(message, message.summary(), headers, message.body());
    }

    private static MessageDetails with(
            MessageDetails message, MessageSummary summary, Map<String, String> headers, String body) {
        return new MessageDetails(summary, headers, body, false, false, null, message.version() + "'");
    }
}
