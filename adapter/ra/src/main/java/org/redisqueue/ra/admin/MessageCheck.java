// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.redisqueue.admin.Finding;
import org.redisqueue.ra.protocol.ConsistencyOperations;
import org.redisqueue.ra.protocol.ConsistencyOperations.Examination;
import org.redisqueue.ra.protocol.ConsistencyOperations.Index;
import org.redisqueue.ra.protocol.ConsistencyOperations.Part;

/**
 * Checks the messages of one queue. The first pass reads all ids, while the queue changes, and is given the stored
 * messages, to find messages that may be damaged. Each pass then examines these atomically, one by one.
 */
final class MessageCheck {

    /** How many ids all checks together may keep. */
    static final int MAX_ALL_IDS = 8_000_000;

    private static final int MAX_IDS = 4_000_000;
    private static final int MAX_SUSPECTS = 20_000;
    private static final int MAX_EXAMINED = 1_000;
    private static final int FEW = 100;
    private static final List<Index> PLACES = List.of(
            Index.SCHEDULED,
            Index.WAITING,
            Index.PRIORITIZED,
            Index.READY,
            Index.ARRIVED,
            Index.PROCESSING,
            Index.DEAD);
    private static final List<Index> TRACES =
            List.of(Index.FAILURES, Index.ABANDONED, Index.ERRORS, Index.EXPIRY, Index.ATTRIBUTES);

    private final ConsistencyOperations operations;
    private final String queue;
    private final AtomicInteger free;
    private final Set<Suspect> suspects = new LinkedHashSet<>();
    private final Set<String> skipped = new LinkedHashSet<>();
    private final Map<Suspect, Examination> found = new HashMap<>();
    private final Set<String> orphans = new LinkedHashSet<>();
    private IdHashes places = new IdHashes();
    private boolean incomplete;
    private long messages;

    /**
     * @param free how many ids all checks together may still keep
     */
    MessageCheck(ConsistencyOperations operations, String queue, AtomicInteger free) {
        this.operations = operations;
        this.queue = queue;
        this.free = free;
    }

    /** A message or an entry of processing that may be damaged. */
    private record Suspect(String name, boolean entry) {}

    /** Reads the ids of the queue, and looks for messages that may be damaged. */
    void begin() {
        for (Index index : PLACES) {
            read(index, part -> {
                for (String id : part.ids()) {
                    keep(id);
                }
                part.malformed().forEach(entry -> suspect(entry, true));
            });
        }
        TRACES.forEach(index -> read(index, part -> {}));
    }

    private void keep(String id) {
        if (incomplete || places.size() >= MAX_IDS || free.get() <= 0) {
            incomplete = true;
        } else if (places.add(id)) {
            free.decrementAndGet();
        } else {
            suspect(id, false);
        }
    }

    /** Accepts a stored message, after {@link #begin}. */
    void stored(String id) {
        messages++;
        if (!incomplete && orphans.size() < MAX_SUSPECTS && !places.contains(id)) {
            orphans.add(id);
        }
    }

    /** Examines the messages that may be damaged. */
    void examine() {
        if (incomplete) {
            skipped.add("Queue '" + queue + "' has more than " + MAX_IDS + " messages, or all queues together have more"
                    + " than " + MAX_ALL_IDS + ". Whether messages are in no place or in several was not checked. Check"
                    + " the queue alone.");
        }
        places = new IdHashes(); // frees memory
        if (orphans.size() >= MAX_SUSPECTS) {
            skipped.add("Queue '" + queue + "' has more than " + MAX_SUSPECTS + " messages that are in no place or have"
                    + " arrived meanwhile. Only these were checked. Check the queue alone.");
        }
        if (orphans.size() > FEW) { // most of them have been sent in the meantime
            PLACES.forEach(index -> read(index, part -> part.ids().forEach(orphans::remove)));
        }
        orphans.forEach(id -> suspect(id, false));
        orphans.clear();
        int examined = 0;
        for (Suspect suspect : suspects) {
            if (++examined > MAX_EXAMINED) {
                skipped.add("Queue '" + queue + "' has more than " + MAX_EXAMINED + " messages that may be damaged."
                        + " Repair those that were found, and check again.");
                break;
            }
            Examination examination = examine(suspect);
            if (!examination.damage().isEmpty()) {
                found.put(suspect, examination);
            }
        }
    }

    private void read(Index index, Consumer<Part> consumer) {
        String cursor = "0";
        do {
            Part part = Replies.await(operations.read(queue, index, cursor));
            part.suspects().forEach(id -> suspect(id, false));
            consumer.accept(part);
            cursor = part.next();
        } while (!cursor.equals("0"));
    }

    private void suspect(String name, boolean entry) {
        if (suspects.size() < MAX_SUSPECTS) {
            suspects.add(new Suspect(name, entry));
        }
    }

    private Examination examine(Suspect suspect) {
        Examination examination = Replies.await(operations.examine(queue, suspect.name(), suspect.entry(), ""));
        if (examination.large()) {
            skipped.add("Queue '" + queue + "' is too large to examine messages that may be in no place or in several."
                    + " Check again when it is shorter.");
        }
        return examination;
    }

    /** Examines again what was found, and keeps what is still the same. */
    void repeat() {
        found.entrySet().removeIf(each -> !each.getValue().equals(examine(each.getKey())));
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        found.forEach((suspect, examination) -> {
            Finding.Kind kind = Finding.Kind.valueOf(examination.damage());
            String description = Damages.describe(kind, examination.repairable());
            findings.add(new Finding(kind, queue, suspect.name(), description, examination.repairable()));
        });
        return findings;
    }

    Set<String> skipped() {
        return skipped;
    }

    long messages() {
        return messages;
    }
}
