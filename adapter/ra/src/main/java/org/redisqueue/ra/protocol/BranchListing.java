// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.redisqueue.ra.client.Failures;
import org.redisson.client.RedisException;

/**
 * Lists the prepared branches of all queues. On a single server, one call covers many queues. In a cluster, each queue
 * requires a separate call, and several calls run concurrently. A queue that cannot be read does not affect the others.
 * If Redis does not answer, the listing fails.
 */
final class BranchListing {

    private static final int QUEUES_PER_CALL = 500;
    private static final int CONCURRENT_CALLS = 32;

    /** Runs a script that returns a list. */
    interface Scripts {
        CompletableFuture<List<Object>> run(Script script, List<Object> names, List<Object> arguments);
    }

    private final Keys keys;
    private final boolean cluster;
    private final Scripts scripts;

    private final Set<String> queues = new LinkedHashSet<>();
    private final Map<String, Set<String>> homes = new LinkedHashMap<>();
    private final Map<String, RedisCallException> unreadable = new LinkedHashMap<>();
    private final Set<String> unused = new HashSet<>();

    BranchListing(Keys keys, boolean cluster, Scripts scripts) {
        this.keys = keys;
        this.cluster = cluster;
        this.scripts = scripts;
    }

    CompletableFuture<BranchListingResult> list() {
        return scripts.run(Script.QUEUES, List.of(keys.queues()), List.of()).thenCompose(names -> {
            List<String> all = names.stream().map(BranchListing::text).toList();
            queues.addAll(all);
            return listFrom(all, 0)
                    .thenApply(done -> new BranchListingResult(queues, homes, unreadable, cluster ? Set.of() : unused));
        });
    }

    /** Lists the branches of the queues from index {@code first} on, in steps, each of which adds what it found. */
    private CompletableFuture<Void> listFrom(List<String> all, int first) {
        if (first >= all.size()) {
            return CompletableFuture.completedFuture(null);
        }
        int end = Math.min(all.size(), first + (cluster ? CONCURRENT_CALLS : QUEUES_PER_CALL));
        List<String> next = all.subList(first, end);
        CompletableFuture<Void> step = cluster ? listEach(next) : listTogether(next);
        return step.thenCompose(done -> listFrom(all, end));
    }

    private CompletableFuture<Void> listTogether(List<String> some) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.prefix());
        arguments.addAll(some);
        return scripts.run(Script.BRANCHES, List.of(keys.queues()), arguments).thenAccept(found -> {
            for (int i = 0; i < some.size(); i++) {
                add(some.get(i), found.get(i));
            }
        });
    }

    private CompletableFuture<Void> listEach(List<String> some) {
        Map<String, CompletableFuture<Object>> calls = new LinkedHashMap<>();
        for (String queue : some) {
            calls.put(
                    queue,
                    scripts.run(Script.BRANCHES, List.of(keys.prepared(queue)), List.of(keys.prefix(), queue))
                            .handle((found, failure) -> failure == null ? found.get(0) : refusal(failure)));
        }
        return CompletableFuture.allOf(calls.values().toArray(CompletableFuture[]::new))
                .thenRun(() -> calls.forEach((queue, call) -> add(queue, call.join())));
    }

    /**
     * Redis refuses the whole call if the user may not access one of its keys, or while the slot of the queue migrates.
     * Returns that refusal, and rethrows any other failure.
     */
    private static Object refusal(Throwable failure) {
        Throwable cause = Failures.unwrap(failure);
        if (cause instanceof RedisCallException refused
                && (refused.isMigrating() || refused.getMessage().contains("permissions to access"))) {
            return refused;
        }
        throw new CompletionException(cause);
    }

    private void add(String queue, Object found) {
        if (found instanceof List<?> branches) {
            branches.forEach(branch -> homes.computeIfAbsent(text(branch), b -> new LinkedHashSet<>())
                    .add(queue));
        } else if (found instanceof Long) {
            unused.add(queue);
        } else if (found instanceof RedisCallException refusal) {
            unreadable.put(queue, refusal);
        } else {
            unreadable.put(queue, RedisCallException.of("recover", new RedisException(text(found))));
        }
    }

    private static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }
}
