// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.redisqueue.ra.client.RedisClient;

/** Remembers the queues of topics for a short time, so that publishing a message rarely takes a round trip more. */
final class BindingCache {

    /** How long the queues of a topic are remembered, counted from before they are read. */
    static final Duration REMEMBERED = Duration.ofSeconds(1);

    /** Above this number, topics are forgotten: an application may use a topic for each customer. */
    private static final int MAX_TOPICS = 10_000;

    private static final int MAX_READS = 3;

    private final LongSupplier nanoTime;
    private final Map<String, Entry> topics = new ConcurrentHashMap<>();

    /** The queues of a topic, as read by a call that began at this time. */
    private record Entry(long since, CompletableFuture<List<String>> queues) {}

    BindingCache(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Returns the cache that all users of a client share. */
    static BindingCache of(RedisClient client) {
        return client.companion(BindingCache.class, made -> new BindingCache(System::nanoTime), ended -> {});
    }

    /**
     * Returns the queues of a topic, and reads them unless they are remembered. If a read takes so long that its result is
     * no longer remembered, reads again.
     */
    CompletableFuture<List<String>> queues(String topic, Function<String, CompletableFuture<List<String>>> reader) {
        return queues(topic, reader, MAX_READS);
    }

    private CompletableFuture<List<String>> queues(
            String topic, Function<String, CompletableFuture<List<String>>> reader, int reads) {
        Entry known = topics.get(topic);
        Entry entry =
                known == null || isOld(known) || known.queues.isCompletedExceptionally() ? read(topic, reader) : known;
        return entry.queues.thenCompose(queues -> {
            if (!isOld(entry)) {
                return CompletableFuture.completedFuture(queues);
            } else if (reads > 1) {
                return queues(topic, reader, reads - 1);
            }
            return CompletableFuture.failedFuture(RedisCallException.notExecuted(
                    "publish",
                    "Redis takes more than " + REMEMBERED.toMillis() + " ms to list the bindings of the topic"));
        });
    }

    private Entry read(String topic, Function<String, CompletableFuture<List<String>>> reader) {
        if (topics.size() >= MAX_TOPICS) {
            topics.clear();
        }
        Entry entry = new Entry(nanoTime.getAsLong(), new CompletableFuture<>());
        topics.put(topic, entry); // before the read, so that `forget` removes it if the queues change meanwhile
        CompletableFuture.completedFuture(topic).thenCompose(reader).whenComplete((queues, failure) -> {
            if (failure == null) {
                entry.queues.complete(queues);
            } else {
                entry.queues.completeExceptionally(failure);
            }
        });
        return entry;
    }

    private boolean isOld(Entry entry) {
        return nanoTime.getAsLong() - entry.since >= REMEMBERED.toNanos();
    }

    /** Forgets the queues of a topic, because they have changed. */
    void forget(String topic) {
        topics.remove(topic);
    }
}
