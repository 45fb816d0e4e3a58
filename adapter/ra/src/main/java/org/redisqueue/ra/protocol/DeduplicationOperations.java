// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.redisqueue.internal.MessageId;
import org.redisson.api.RBatch;
import org.redisson.api.RBucket;
import org.redisson.api.options.KeysScanOptions;
import org.redisson.api.options.KeysScanParams;
import org.redisson.client.codec.StringCodec;

/** Looks up and removes deduplication keys, and counts the messages that were dropped because of them. */
public final class DeduplicationOperations {

    private static final int MAX_KEYS = 1_000;
    private static final int SCANNED_KEYS = 400;

    private final RedisCalls calls;
    private final LongAdder dropped = new LongAdder();

    DeduplicationOperations(RedisCalls calls) {
        this.calls = calls;
    }

    /**
     * Looks up deduplication keys of a queue, a thousand in each round trip.
     *
     * @return the id of the message that was published with each key; keys of which none was are missing
     */
    public CompletableFuture<Map<String, String>> kept(String queue, Set<String> deduplicationKeys) {
        List<String> keys = List.copyOf(deduplicationKeys);
        CompletableFuture<Map<String, String>> kept = CompletableFuture.completedFuture(new LinkedHashMap<>());
        for (int from = 0; from < keys.size(); from += MAX_KEYS) {
            List<String> some = keys.subList(from, Math.min(keys.size(), from + MAX_KEYS));
            CompletableFuture<List<String>> values = values(queue, some);
            kept = kept.thenCombine(values, (found, read) -> {
                for (int i = 0; i < some.size(); i++) {
                    String value = read.get(i);
                    if (value != null && MessageId.isValid(value)) { // otherwise, the key is free or reserved
                        found.put(some.get(i), value);
                    }
                }
                return found;
            });
        }
        return kept;
    }

    private CompletableFuture<List<String>> values(String queue, List<String> deduplicationKeys) {
        return calls.call("look up", redisson -> {
            RBatch batch = redisson.createBatch();
            deduplicationKeys.forEach(key -> batch.getBucket(calls.keys().dedup(queue, key), StringCodec.INSTANCE)
                    .getAsync());
            return batch.executeAsync()
                    .thenApply(result -> result.getResponses().stream()
                            .map(String.class::cast)
                            .toList());
        });
    }

    /**
     * Removes the deduplication keys of a queue, except for those that branches reserve. Reads the names of all keys in
     * Redis once. Blocks.
     */
    public CompletableFuture<Void> removeAll(String queue) {
        return calls.call("remove deduplication keys", redisson -> {
            String prefix = calls.keys().dedup(queue, "");
            KeysScanOptions scan = new KeysScanParams().pattern(JobOperations.escaped(prefix) + "*");
            redisson.getKeys().getKeys(scan.chunkSize(SCANNED_KEYS)).forEach(key -> {
                RBucket<String> kept = redisson.getBucket(key, StringCodec.INSTANCE);
                String value = kept.get();
                if (value != null && MessageId.isValid(value)) {
                    kept.unlink();
                }
            });
            return CompletableFuture.completedFuture(null);
        });
    }

    /** Counts messages that this process has dropped because other messages had their keys. */
    public void dropped(int messages) {
        dropped.add(messages);
    }

    /** Returns how many messages this process has dropped because other messages had their keys. */
    public long dropped() {
        return dropped.sum();
    }
}
