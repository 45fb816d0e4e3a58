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
import org.redisqueue.DeadLetter;
import org.redisqueue.QueueCounts;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.Place;
import org.redisqueue.ra.protocol.OnExpiry;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.transaction.RedeliveryPolicy;
import org.redisqueue.test.internal.state.QueuedMessage;

/** The queues in memory and their clock. Thread-safe. */
public final class QueueStore {

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
        return messages.stream()
                .map(message -> kept(message).orElse(message.id()))
                .toList();
    }

    /** Sends messages, except for those whose id is in use, or whose deduplication key belongs to another message. */
    synchronized void publish(List<SendRequest> messages) {
        Instant now = now();
        for (SendRequest message : messages) {
            if (keys.kept(message, now).isPresent()) {
                continue;
            }
            StoredMessage stored = StoredMessage.of(message, now);
            GroupSequence.admit(stored, messages(message.queue()));
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

    /** Makes the next message of a group ready, behind those that are ready, after one of its messages has ended. */
    private void promoteAfter(StoredMessage ended) {
        GroupSequence.next(ended, messages(ended.queue())).ifPresent(this::putLast);
    }

    private void putLast(StoredMessage message) {
        remove(message);
        message.release();
        GroupSequence.admit(message, messages(message.queue()));
        queues.computeIfAbsent(message.queue(), name -> new LinkedHashMap<>()).put(message.id(), message);
    }

    /** Removes a scheduled message. Returns whether there was one. */
    synchronized boolean cancelScheduled(String queue, String id) {
        StoredMessage message = queues.getOrDefault(queue, Map.of()).get(id);
        if (message != null && message.place() == Place.SCHEDULED) {
            remove(message);
            return true;
        }
        return false;
    }

    /** Publishes the scheduled messages of a queue that are due: they are ready after those that are ready now. */
    private void publishScheduled(String queue, Instant now) {
        List<StoredMessage> due = messages(queue).stream()
                .filter(message -> message.isToPublish(now))
                .sorted(Comparator.comparing(StoredMessage::since))
                .toList();
        due.forEach(this::putLast);
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

    /** Claims the next message of a queue: one that is due, or else the first ready one with the highest priority. */
    public synchronized Optional<Claim> claim(String queue, OnExpiry onExpiry) {
        Instant now = now();
        publishScheduled(queue, now);
        expire(queue, now, onExpiry);
        Optional<StoredMessage> next = messages(queue).stream()
                .filter(message -> message.isDue(now))
                .min(Comparator.comparing(StoredMessage::since))
                .or(() -> messages(queue).stream()
                        .filter(message -> message.place() == Place.READY)
                        .min(Comparator.comparing(StoredMessage::priority).reversed()));
        next.ifPresent(StoredMessage::claim);
        return next.map(message -> new Claim(this, message));
    }

    private void expire(String queue, Instant now, OnExpiry onExpiry) {
        List<StoredMessage> expired = expired(queue, now);
        while (!expired.isEmpty()) { // the next message of a group can be one that has expired while it waited
            for (StoredMessage message : expired) {
                if (onExpiry == OnExpiry.DEAD_LETTER) {
                    message.deadLetter(now, ++deadSequence, StoredMessage.EXPIRED, false);
                } else {
                    remove(message);
                }
                promoteAfter(message);
            }
            expired = expired(queue, now);
        }
    }

    private List<StoredMessage> expired(String queue, Instant now) {
        return messages(queue).stream()
                .filter(message -> message.isExpired(now))
                .toList();
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
        promoteAfter(message);
        notifyAll();
    }

    synchronized void release(StoredMessage message) {
        message.release();
        notifyAll();
    }

    /** Redelivers a message later, or dead-letters it if it has failed too often. */
    synchronized void redeliver(StoredMessage message, RedeliveryPolicy policy, String reason) {
        if (message.failures() + 1 >= policy.maxDeliveries()) {
            deadLetter(message, reason);
        } else {
            message.redeliver(now().plusMillis(policy.exactDelayAfter(message.failures())));
        }
        notifyAll();
    }

    synchronized void deadLetter(StoredMessage message, String reason) {
        message.deadLetter(now(), ++deadSequence, reason, true);
        promoteAfter(message);
        notifyAll();
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
                counts.getOrDefault(Place.SCHEDULED, 0L),
                counts.getOrDefault(Place.WAITING, 0L));
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
