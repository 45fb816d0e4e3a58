// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.redisqueue.DeadLetter;
import org.redisqueue.QueueCounts;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.Place;
import org.redisqueue.ra.protocol.OnExpiry;
import org.redisqueue.ra.protocol.SendOptions;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.transaction.RedeliveryPolicy;
import org.redisqueue.test.internal.state.QueuedMessage;

/** The queues in memory and their clock. Thread-safe. */
public final class QueueStore {

    private static final String EXPIRED = "It expired before it was acknowledged";

    /** The messages by queue and id, in the order in which they were sent. */
    private final Map<String, Map<String, StoredMessage>> queues = new TreeMap<>();

    private final Map<String, Set<String>> bindings = new TreeMap<>();
    private final Set<MemoryBranch> open = new LinkedHashSet<>();
    private final Map<String, Integer> rolledBack = new TreeMap<>();
    private final Map<String, Set<String>> duplicates = new TreeMap<>();
    private final DeduplicationKeys keys = new DeduplicationKeys();
    private final QueueClock clock = new QueueClock();
    private long deadSequence;

    /** {@return the time of the queues' clock} */
    public synchronized Instant now() {
        return clock.now();
    }

    /** Advances the queues' clock. */
    public synchronized void letTimePass(Duration time) {
        clock.advance(time);
        notifyAll();
    }

    /** Removes all messages. */
    public synchronized void clear() {
        queues.clear();
        rolledBack.clear();
        duplicates.clear();
        keys.clear();
    }

    /** Sends messages that are published to a topic to this queue, too. */
    public synchronized void bind(String topic, String queue) {
        bindings.computeIfAbsent(topic, name -> new TreeSet<>()).add(queue);
    }

    /** Returns the queues that are bound to a topic. */
    synchronized List<String> queues(String topic) {
        return List.copyOf(bindings.getOrDefault(topic, Set.of()));
    }

    synchronized void opened(MemoryBranch branch) {
        open.add(branch);
    }

    /**
     * Reserves the deduplication keys that a branch needs.
     *
     * @throws org.redisqueue.RedisQueueException if it cannot have one of them (RQ-139)
     */
    synchronized void prepare(MemoryBranch branch) {
        keys.reserve(branch, now());
    }

    /** Makes the work of a branch take effect: acknowledges messages, then publishes others. */
    synchronized void commit(MemoryBranch branch) {
        open.remove(branch);
        keys.release(branch);
        branch.consumed().forEach(Consumption::committed);
        publish(branch.sent());
    }

    synchronized void rollBack(MemoryBranch branch) {
        open.remove(branch);
        keys.release(branch);
        branch.consumed().forEach(Consumption::rolledBack);
        branch.sent().forEach(message -> rolledBack.merge(message.queue(), 1, Integer::sum));
        notifyAll();
    }

    /** {@return the id of the message that has the deduplication key of a message to send; empty if there is none} */
    synchronized Optional<String> kept(SendRequest message) {
        return keys.kept(message, now());
    }

    /**
     * Sends messages outside of a transaction.
     *
     * @return the id of each message or of the message that has its deduplication key
     */
    synchronized List<String> send(List<SendRequest> messages) {
        messages.stream().filter(message -> kept(message).isEmpty()).forEach(keys::requireNotReserved);
        publish(messages);
        return messages.stream().map(message -> kept(message).orElse(message.id())).toList();
    }

    /** Sends messages, except for those whose id is in use, or whose deduplication key belongs to another message. */
    synchronized void publish(List<SendRequest> messages) {
        Instant now = now();
        for (SendRequest message : messages) {
            if (keys.kept(message, now).isPresent()) {
                continue;
            }
            Instant due = due(message.options(), now);
            Instant start = due == null ? now : due;
            Instant expires = message.timeToLiveMillis() == 0 ? null : start.plusMillis(message.timeToLiveMillis());
            StoredMessage stored = new StoredMessage(message.queue(), message.id(), message.value(), due, expires);
            StoredMessage existing = queues.computeIfAbsent(message.queue(), name -> new LinkedHashMap<>())
                    .putIfAbsent(message.id(), stored);
            if (existing != null) {
                duplicates
                        .computeIfAbsent(message.queue(), name -> new LinkedHashSet<>())
                        .add(message.id());
            } else {
                keys.keep(message, now);
            }
        }
        notifyAll();
    }

    /** When a message becomes due; null if it is ready at once. */
    private static @Nullable Instant due(SendOptions options, Instant now) {
        Instant due = options.delayMillis() > 0
                ? now.plusMillis(options.delayMillis())
                : Instant.ofEpochMilli(options.deliverAtMillis());
        return due.isAfter(now) ? due : null;
    }

    /** Removes a scheduled message. Returns whether there was one. */
    synchronized boolean cancelScheduled(String queue, String id) {
        StoredMessage message = queues.getOrDefault(queue, Map.of()).get(id);
        boolean scheduled = message != null && message.place() == Place.SCHEDULED;
        if (scheduled) {
            remove(message);
        }
        return scheduled;
    }

    /** Makes the scheduled messages of a queue ready that are due, behind those that are ready. */
    private void publishScheduled(String queue, Instant now) {
        List<StoredMessage> due = messages(queue).stream()
                .filter(message -> message.isToPublish(now))
                .sorted(Comparator.comparing(StoredMessage::since))
                .toList();
        for (StoredMessage message : due) {
            remove(message);
            message.release();
            queues.get(queue).put(message.id(), message);
        }
    }

    /** Claims the next message of a queue, and waits until there is one. Meanwhile, the queues' clock runs. */
    synchronized Optional<Claim> claim(String queue, Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<Claim> claimed = claim(queue, OnExpiry.DROP);
            long left = end - System.nanoTime();
            if (claimed.isPresent() || left <= 0) {
                return claimed;
            }
            long due = nextDue(queue, Set.of(Place.REDELIVERING, Place.SCHEDULED))
                    .map(at -> Duration.between(now(), at).toNanos())
                    .orElse(Long.MAX_VALUE);
            await(Math.max(1_000_000, Math.min(left, due)));
        }
    }

    private synchronized void await(long nanos) throws InterruptedException {
        clock.run();
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        } finally {
            clock.halt();
        }
    }

    /** Claims the next message of a queue: one that is due for redelivery or else the first that is ready. */
    public synchronized Optional<Claim> claim(String queue, OnExpiry onExpiry) {
        Instant now = now();
        publishScheduled(queue, now);
        expire(queue, now, onExpiry);
        Optional<StoredMessage> next = messages(queue).stream()
                .filter(message -> message.isDue(now))
                .min(Comparator.comparing(StoredMessage::since))
                .or(() -> messages(queue).stream()
                        .filter(message -> message.place() == Place.READY)
                        .findFirst());
        next.ifPresent(StoredMessage::claim);
        return next.map(message -> new Claim(this, message));
    }

    private void expire(String queue, Instant now, OnExpiry onExpiry) {
        for (StoredMessage message : List.copyOf(messages(queue))) {
            boolean waits = message.place() == Place.READY || message.place() == Place.REDELIVERING;
            if (waits && message.isExpired(now)) {
                if (onExpiry == OnExpiry.DEAD_LETTER) {
                    message.deadLetter(now, ++deadSequence, EXPIRED, false);
                } else {
                    remove(message);
                }
            }
        }
    }

    /** {@return when the next message of a queue is due for redelivery; empty if none waits for it} */
    public Optional<Instant> nextRedelivery(String queue) {
        return nextDue(queue, Set.of(Place.REDELIVERING));
    }

    private synchronized Optional<Instant> nextDue(String queue, Set<Place> places) {
        return messages(queue).stream()
                .filter(message -> places.contains(message.place()))
                .map(StoredMessage::since)
                .min(Comparator.naturalOrder());
    }

    synchronized void acknowledge(StoredMessage message) {
        remove(message);
    }

    synchronized void release(StoredMessage message) {
        message.release();
        notifyAll();
    }

    /** Redelivers a message later, or dead-letters it if it has failed too often. */
    synchronized void redeliver(StoredMessage message, RedeliveryPolicy policy, String reason) {
        if (message.failures() + 1 >= policy.maxDeliveries()) {
            message.deadLetter(now(), ++deadSequence, reason, true);
        } else {
            message.redeliver(now().plusMillis(policy.exactDelayAfter(message.failures())));
        }
        notifyAll();
    }

    synchronized void deadLetter(StoredMessage message, String reason) {
        message.deadLetter(now(), ++deadSequence, reason, true);
    }

    synchronized RedisMessage received(StoredMessage message) {
        return message.received();
    }

    QueueCounts counts(String queue) {
        Map<Place, Long> counts = placeCounts(queue);
        return new QueueCounts(
                counts.getOrDefault(Place.READY, 0L),
                counts.getOrDefault(Place.DELIVERING, 0L) + counts.getOrDefault(Place.REDELIVERING, 0L),
                counts.getOrDefault(Place.DEAD, 0L),
                counts.getOrDefault(Place.SCHEDULED, 0L));
    }

    synchronized List<DeadLetter> deadLetters(String queue, int limit) {
        return in(queue, Place.DEAD).stream()
                .limit(limit)
                .map(message -> new DeadLetter(
                        message.id(), String.valueOf(message.reason()), message.failures(), message.since()))
                .toList();
    }

    /** {@return the number of messages in each place that has any} */
    public synchronized Map<Place, Long> placeCounts(String queue) {
        Map<Place, Long> counts = new TreeMap<>();
        messages(queue).forEach(message -> counts.merge(message.place(), 1L, Long::sum));
        return counts;
    }

    /** {@return the messages of a queue, by place} */
    public synchronized List<QueuedMessage> list(String queue) {
        List<QueuedMessage> found = new ArrayList<>();
        for (Place place : Place.values()) {
            in(queue, place)
                    .forEach(message -> found.add(
                            new QueuedMessage(place, message.received(), message.failures(), message.reason())));
        }
        return found;
    }

    /** {@return the number of messages to a queue in transactions that have not ended} */
    public synchronized long uncommitted(String queue) {
        return open.stream()
                .flatMap(branch -> branch.sent().stream())
                .filter(message -> message.queue().equals(queue))
                .count();
    }

    /** {@return the number of messages to a queue whose transactions were rolled back} */
    public synchronized int rolledBack(String queue) {
        return rolledBack.getOrDefault(queue, 0);
    }

    /** {@return the ids of the messages to a queue that were not sent because their id was in use} */
    public synchronized Set<String> duplicates(String queue) {
        return Set.copyOf(duplicates.getOrDefault(queue, Set.of()));
    }

    /** {@return the names of the queues that have messages} */
    public synchronized List<String> names() {
        return queues.entrySet().stream()
                .filter(queue -> !queue.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    private List<StoredMessage> in(String queue, Place place) {
        Comparator<StoredMessage> order = switch (place) {
            case DEAD -> Comparator.comparing(StoredMessage::deadSequence).reversed();
            case REDELIVERING, SCHEDULED -> Comparator.comparing(StoredMessage::since);
            default -> Comparator.comparing(message -> 0);
        };
        return messages(queue).stream()
                .filter(message -> message.place() == place)
                .sorted(order)
                .toList();
    }

    private Collection<StoredMessage> messages(String queue) {
        return queues.getOrDefault(queue, Map.of()).values();
    }

    private void remove(StoredMessage message) {
        Map<String, StoredMessage> queue = queues.get(message.queue());
        if (queue != null) {
            queue.remove(message.id(), message);
        }
    }
}
