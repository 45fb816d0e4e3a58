// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.redisson.api.options.KeysScanOptions;
import org.redisson.api.options.KeysScanParams;

/** Finds and repairs damaged queues. */
public final class ConsistencyOperations {

    /** Above this number of ready messages, the places of a message are not examined. */
    private static final int MAX_READY = 20_000;

    private static final int MAX_ENTRIES = 2_000;
    private static final int WINDOW = 250;
    private static final int SCANNED_KEYS = 400;
    private static final int MAX_TYPES = 100;
    private static final String MESSAGE = "message:";
    private static final String STAGED = "staged:";

    private final RedisCalls calls;
    private final Keys keys;

    ConsistencyOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }

    /** The keys of a queue that name messages. */
    public enum Index {
        /** Read before {@link #READY}, to where messages move from here. */
        SCHEDULED("dead"),
        /** Read before {@link #READY}, to where messages move from here. */
        WAITING("waiting"),
        /** Read after {@link #WAITING}, from where messages move here. */
        PRIORITIZED("dead"),
        READY("ready"),
        /** Read after {@link #READY}, from where messages move here. */
        ARRIVED("ready"),
        PROCESSING("processing"),
        DEAD("dead"),
        FAILURES("counters"),
        ABANDONED("counters"),
        ERRORS("traces"),
        EXPIRY("deadlines"),
        ATTRIBUTES("traces");

        private final String kind;

        Index(String kind) {
            this.kind = kind;
        }
    }

    /**
     * A part of an index.
     *
     * @param next the cursor of the next part; 0 if there is none
     * @param ids the messages in a place
     * @param suspects messages that may be damaged
     * @param malformed entries of processing that do not consist of a valid id and a token
     * @param inDoubt messages that belong to a prepared branch
     */
    public record Part(
            String next, List<String> ids, List<String> suspects, List<String> malformed, List<String> inDoubt) {}

    /**
     * The result of examining a message or an entry of processing.
     *
     * @param damage the name of the kind of damage; empty if there is none
     * @param state where the message is
     * @param large whether its places were not examined, because the queue is too large
     * @param repairable whether it can be repaired without a decision
     * @param repaired whether it was repaired now
     */
    public record Examination(String damage, String state, boolean large, boolean repairable, boolean repaired) {}

    /** Returns the keys of a queue that have a wrong type, with that type. */
    public CompletableFuture<Map<String, String>> wrongTypes(String queue) {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put(keys.ready(queue), "list");
        expected.put(keys.arrived(queue), "list");
        expected.put(keys.processing(queue), "zset");
        expected.put(keys.waiting(queue), "zset");
        expected.put(keys.heads(queue), "hash");
        expected.put(keys.attributes(queue), "hash");
        expected.put(keys.sequence(queue), "string");
        expected.put(keys.prioritized(queue), "zset");
        expected.put(keys.dead(queue), "zset");
        expected.put(keys.scheduled(queue), "zset");
        expected.put(keys.expiry(queue), "zset");
        expected.put(keys.failures(queue), "hash");
        expected.put(keys.abandoned(queue), "hash");
        expected.put(keys.errors(queue), "hash");
        expected.put(keys.prepared(queue), "hash");
        expected.put(keys.settings(queue), "hash");
        expected.put(keys.rate(queue), "string");
        expected.put(keys.slots(queue), "zset");
        List<Object> names = List.copyOf(expected.keySet());
        return calls.run(Script.TYPES, names, List.of()).thenApply(reply -> {
            Map<String, String> wrong = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                String key = (String) names.get(i);
                String type = Reply.text(reply.get(i));
                if (!type.equals("none") && !type.equals(expected.get(key))) {
                    wrong.put(key, type);
                }
            }
            return wrong;
        });
    }

    /**
     * Reads a part of an index.
     *
     * @param cursor the cursor of the previous part; 0 at first
     */
    public CompletableFuture<Part> read(String queue, Index index, String cursor) {
        String key = switch (index) {
            case SCHEDULED -> keys.scheduled(queue);
            case WAITING -> keys.waiting(queue);
            case PRIORITIZED -> keys.prioritized(queue);
            case READY -> keys.ready(queue);
            case ARRIVED -> keys.arrived(queue);
            case PROCESSING -> keys.processing(queue);
            case DEAD -> keys.dead(queue);
            case FAILURES -> keys.failures(queue);
            case ABANDONED -> keys.abandoned(queue);
            case ERRORS -> keys.errors(queue);
            case EXPIRY -> keys.expiry(queue);
            case ATTRIBUTES -> keys.attributes(queue);
        };
        return calls.run(Script.SURVEY, List.of(key, keys.ready(queue)), List.of(index.kind, cursor, WINDOW))
                .thenApply(reply -> new Part(
                        Reply.text(reply.get(0)),
                        Reply.texts(Reply.list(reply.get(1))),
                        Reply.texts(Reply.list(reply.get(2))),
                        Reply.texts(Reply.list(reply.get(3))),
                        Reply.texts(Reply.list(reply.get(4)))));
    }

    /** Passes the ids of all stored messages of a queue to a consumer. Blocks. */
    public CompletableFuture<Void> messages(String queue, Consumer<String> ids) {
        String prefix = keys.messagePrefix(queue);
        return scan(JobOperations.escaped(prefix) + "*", key -> ids.accept(key.substring(prefix.length())));
    }

    /** A stored message, or a message that a branch has staged. */
    public interface StoredConsumer {

        /**
         * Accepts a key.
         *
         * @param staged whether a branch has staged the message
         * @param name the id; if it is staged, the branch and the id joined by a colon
         */
        void accept(String queue, boolean staged, String name);
    }

    /**
     * Passes all stored and staged messages to a consumer. Reads the names of all keys in Redis once. Blocks.
     *
     * @param queue the name of a queue; null for all queues
     */
    public CompletableFuture<Void> stored(@Nullable String queue, StoredConsumer consumer) {
        String before = keys.prefix() + ":{";
        String pattern =
                JobOperations.escaped(before) + (queue == null ? "*" : JobOperations.escaped(queue)) + "}:[ms][et]*:*";
        return scan(pattern, key -> {
            int tag = key.startsWith("{", before.length()) ? key.indexOf('}', before.length()) + 1 : before.length();
            int end = key.indexOf('}', tag);
            if (key.startsWith(OutboxName.ENDING + "}", end)) {
                end += OutboxName.ENDING.length();
            }
            String name = key.substring(end + 2);
            boolean staged = name.startsWith(STAGED);
            if (staged || name.startsWith(MESSAGE)) {
                consumer.accept(
                        key.substring(before.length(), end),
                        staged,
                        name.substring(staged ? STAGED.length() : MESSAGE.length()));
            }
        });
    }

    /** Returns those staged messages that exist. Each is named by its branch and its id, joined by a colon. */
    public CompletableFuture<Set<String>> existing(String queue, Collection<String> staged) {
        List<String> names = List.copyOf(staged);
        CompletableFuture<Set<String>> existing = CompletableFuture.completedFuture(new HashSet<>());
        for (int from = 0; from < names.size(); from += MAX_TYPES) {
            List<String> part = names.subList(from, Math.min(names.size(), from + MAX_TYPES));
            List<Object> all = new ArrayList<>();
            part.forEach(name -> all.add(keys.stagedPrefix(queue) + name));
            existing = existing.thenCompose(found -> calls.run(Script.TYPES, all, List.of())
                    .thenApply(reply -> {
                        for (int i = 0; i < part.size(); i++) {
                            if (!Reply.text(reply.get(i)).equals("none")) {
                                found.add(part.get(i));
                            }
                        }
                        return found;
                    }));
        }
        return existing;
    }

    private CompletableFuture<Void> scan(String pattern, Consumer<String> found) {
        return calls.call("scan", redisson -> {
            KeysScanOptions scan = new KeysScanParams().pattern(pattern);
            redisson.getKeys().getKeys(scan.chunkSize(SCANNED_KEYS)).forEach(found);
            return CompletableFuture.completedFuture(null);
        });
    }

    /**
     * Examines a message or an entry of processing and, if requested, repairs its damage.
     *
     * @param name the id, or the entry
     * @param entry whether it is an entry
     * @param damage the name of the kind of damage to repair; empty to examine only
     */
    public CompletableFuture<Examination> examine(String queue, String name, boolean entry, String damage) {
        ScriptArguments arguments = new ScriptArguments()
                .key(keys.message(queue, name))
                .key(keys.ready(queue))
                .key(keys.processing(queue))
                .key(keys.dead(queue))
                .key(keys.errors(queue))
                .key(keys.failures(queue))
                .key(keys.abandoned(queue))
                .key(keys.expiry(queue))
                .key(keys.arrived(queue))
                .add(name)
                .add(entry ? "entry" : "message")
                .add(damage)
                .add(MAX_READY)
                .add(MAX_ENTRIES);
        return calls.run(Script.REPAIR, arguments.keys(), arguments.values()).thenApply(reply -> {
            String found = Reply.text(reply.get(0));
            boolean large = found.equals("LARGE");
            return new Examination(
                    large ? "" : found,
                    Reply.text(reply.get(1)),
                    large,
                    (Long) reply.get(2) == 1,
                    (Long) reply.get(3) == 1);
        });
    }
}
