// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a queue should hold, in plain collections. */
final class QueueModel {

    /** Why a message is in processing. */
    enum State {
        /** A consumer holds it. */
        HELD,
        /** Its lease has ended: another consumer may claim it, or its own may still acknowledge it. */
        OVERDUE,
        /** It is part of a prepared branch. */
        PREPARED
    }

    static final String NOBODY = "-";

    /** An entry of processing. */
    static final class Entry {
        final String id;
        final String token;
        State state;

        Entry(String id, String token, State state) {
            this.id = id;
            this.token = token;
            this.state = state;
        }

        Entry copy() {
            return new Entry(id, token, state);
        }

        boolean isHeld() {
            return !token.equals(NOBODY) && state != State.PREPARED;
        }
    }

    final Map<String, String> values = new HashMap<>();
    /** The ready messages without a priority. */
    final List<String> ready = new ArrayList<>();

    /** The ready messages with a priority, in their order. */
    final List<String> prioritized = new ArrayList<>();

    private final Map<String, Integer> sequence = new HashMap<>();
    final Map<String, Entry> processing = new TreeMap<>();
    /** The scheduled messages that are not due. */
    final Set<String> scheduled = new TreeSet<>();

    /** The scheduled messages that are due, and have not been published, in their order. */
    final List<String> publishable = new ArrayList<>();

    final Set<String> staged = new HashSet<>();
    final Set<String> dead = new HashSet<>();
    /** The deduplication keys, with the id of the message or the reservation. */
    final Map<String, String> keys = new HashMap<>();

    /** The message of each group that may be delivered, and those that wait for it. */
    final Map<String, String> heads = new TreeMap<>();

    final Map<String, List<String>> waiting = new TreeMap<>();
    /** How many messages consumers may hold; 0 = any number. */
    private int most;

    /** Whether one message may be claimed in an hour, and how many have been. */
    private boolean slow;

    private int counted;

    /** Whether groups wait for their dead letters. */
    private boolean blocks;

    boolean paused;

    final Map<String, Integer> failures = new HashMap<>();
    final Map<String, Integer> abandoned = new HashMap<>();
    private int published;

    QueueModel copy() {
        QueueModel copy = new QueueModel();
        copy.values.putAll(values);
        copy.ready.addAll(ready);
        copy.prioritized.addAll(prioritized);
        copy.sequence.putAll(sequence);
        copy.published = published;
        processing.forEach((member, entry) -> copy.processing.put(member, entry.copy()));
        copy.scheduled.addAll(scheduled);
        copy.publishable.addAll(publishable);
        copy.staged.addAll(staged);
        copy.dead.addAll(dead);
        copy.keys.putAll(keys);
        copy.heads.putAll(heads);
        waiting.forEach((group, ids) -> copy.waiting.put(group, new ArrayList<>(ids)));
        copy.most = most;
        copy.slow = slow;
        copy.counted = counted;
        copy.blocks = blocks;
        copy.paused = paused;
        copy.failures.putAll(failures);
        copy.abandoned.putAll(abandoned);
        return copy;
    }

    /** Stores a message; false if its id is in use. */
    boolean store(String id, String value) {
        return values.putIfAbsent(id, value) == null;
    }

    /** Removes a scheduled message; false if there is none with this id. */
    boolean cancel(String id) {
        boolean canceled = scheduled.remove(id) | publishable.remove(id);
        if (canceled) {
            values.remove(id);
        }
        return canceled;
    }

    /** Publishes the scheduled messages that are due. */
    void publish() {
        publishable.forEach(this::publish);
        publishable.clear();
    }

    /** Returns the id of the message that has the deduplication key of another, or the reservation; empty if the key is free. */
    Optional<String> holder(SendRequest message) {
        return message.deduplicationKey().map(keys::get);
    }

    /** The id of the message that has the deduplication key of another. */
    Optional<String> kept(SendRequest message) {
        return holder(message).filter(holder -> !holder.contains(" "));
    }

    /** The group of a message; null if it belongs to none. */
    static @Nullable String group(String id) {
        int number = id.startsWith("m") ? Integer.parseInt(id.substring(1)) : 0;
        return number % 3 == 2 ? "g" + number % 2 : null;
    }

    /** The priority of a message. */
    static int priority(String id) {
        int number = id.startsWith("m") ? Integer.parseInt(id.substring(1)) : 0;
        return number % 4 == 1 ? 7 : number % 4 == 2 ? -3 : 0;
    }

    /** Makes a message ready, unless it has to wait for others of its group. */
    void publish(String id) {
        String group = group(id);
        sequence.put(id, published++);
        if (group != null && heads.putIfAbsent(group, id) != null) {
            waiting.computeIfAbsent(group, name -> new ArrayList<>()).add(id);
        } else {
            makeReady(id);
        }
    }

    /** Returns a message that was claimed, so that it is the next of its priority. */
    void release(String id) {
        if (priority(id) == 0) {
            ready.add(0, id);
        } else {
            makeReady(id);
        }
    }

    private void makeReady(String id) {
        if (priority(id) == 0) {
            ready.add(id);
        } else {
            prioritized.add(id);
            prioritized.sort(
                    Comparator.comparing((String each) -> -priority(each)).thenComparing(sequence::get));
        }
    }

    /** The ready messages in the order of delivery, except for these. */
    List<String> readyWithout(Set<String> others) {
        return Stream.of(
                        prioritized.stream().filter(id -> priority(id) > 0),
                        ready.stream(),
                        prioritized.stream().filter(id -> priority(id) < 0))
                .flatMap(ids -> ids)
                .filter(id -> !others.contains(id))
                .toList();
    }

    /** A message is no longer the head of its group: the next one is ready. */
    void leave(String id) {
        String group = group(id);
        if (group == null || !heads.remove(group, id)) {
            return;
        }
        List<String> others = waiting.getOrDefault(group, List.of());
        if (!others.isEmpty()) {
            heads.put(group, others.get(0));
            makeReady(others.remove(0));
        }
    }

    /** The messages that wait, by group. */
    List<String> waiting() {
        return waiting.values().stream().flatMap(List::stream).toList();
    }

    void limit(int messages, boolean slow) {
        most = messages;
        this.slow = slow;
    }

    /** How many messages may be claimed if this number is requested. */
    int permitted(int requested) {
        int bySlots = most == 0 ? requested : Math.max(0, Math.min(requested, most - counting()));
        return slow ? Math.min(bySlots, 1 - counted) : bySlots;
    }

    /** Messages were claimed or, if the number is negative, released. */
    void count(int messages) {
        if (slow) {
            counted = Math.max(0, counted + messages);
        }
    }

    /** Whether the rate limit permits no message. */
    boolean isUsedUp() {
        return slow && counted > 0;
    }

    /** Whether consumers hold as many messages as they may. */
    boolean isFull() {
        return most > 0 && counting() >= most;
    }

    private int counting() {
        return (int) processing.values().stream()
                .filter(entry -> !entry.token.equals(NOBODY) && entry.state != State.OVERDUE)
                .count();
    }

    void enter(String id, String token, State state) {
        processing.put(id + ' ' + token, new Entry(id, token, state));
    }

    /** Whether the holder of this lease may settle its message. */
    boolean isHeld(Lease lease) {
        Entry entry = processing.get(lease.member());
        return entry != null && entry.isHeld();
    }

    void complete(String id, String token) {
        processing.remove(id + ' ' + token);
        values.remove(id);
        failures.remove(id);
        abandoned.remove(id);
    }

    void deadLetter(String id) {
        if (!blocks) {
            leave(id);
        }
        dead.add(id);
        failures.remove(id);
        abandoned.remove(id);
    }

    /** Makes a dead letter of a message that was never published. */
    void deadLetterUnpublished(String id) {
        sequence.remove(id);
        dead.add(id);
    }

    /**
     * Takes back failures of a message that waits for its redelivery or is held by this token, and makes it due.
     *
     * @return false if it is left alone
     */
    boolean takeBack(TakeBackRequest request) {
        String id = request.id();
        Entry entry = processing.get(id + ' ' + request.token());
        boolean changes = request.counted() != request.remaining() && failures.getOrDefault(id, 0) == request.counted();
        if (entry == null || entry.state == State.PREPARED || entry.token.equals(NOBODY) && !changes) {
            return false;
        }
        if (changes && request.remaining() == 0) {
            failures.remove(id);
        } else if (changes) {
            failures.put(id, request.remaining());
        }
        processing.remove(id + ' ' + request.token());
        enter(id, NOBODY, State.OVERDUE);
        return true;
    }

    /** Deletes a message; false if there is none with this id, or if a consumer or a branch has it. */
    boolean delete(String id) {
        boolean held = processing.values().stream().anyMatch(entry -> entry.id.equals(id));
        if (held || values.remove(id) == null) {
            return false;
        }
        Stream.of(ready, prioritized, scheduled, publishable, dead).forEach(place -> place.remove(id));
        waiting.values().forEach(others -> others.remove(id));
        leave(id);
        failures.remove(id);
        abandoned.remove(id);
        return true;
    }

    /** Makes a dead letter ready again, unless it has to wait for others of its group. */
    void requeue(String id) {
        dead.remove(id);
        sequence.computeIfAbsent(id, none -> published++);
        String group = group(id);
        if (group == null || heads.putIfAbsent(group, id) == null) {
            makeReady(id);
            return;
        }
        List<String> others = waiting.computeIfAbsent(group, name -> new ArrayList<>());
        others.add(id);
        others.sort(Comparator.comparing(sequence::get));
        if (id.equals(heads.get(group))) { // the group has waited for it
            leave(id);
        }
    }

    void block(boolean blocks) {
        this.blocks = blocks;
        if (!blocks) {
            List.copyOf(heads.values()).stream().filter(dead::contains).forEach(this::leave);
        }
    }

    /** The entries that may be claimed before ready messages. */
    List<Entry> overdue() {
        return processing.values().stream()
                .filter(entry -> entry.state == State.OVERDUE)
                .toList();
    }
}
