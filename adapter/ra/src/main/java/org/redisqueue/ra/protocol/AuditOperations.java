// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RStream;
import org.redisson.api.RedissonClient;
import org.redisson.api.stream.StreamAddArgs;
import org.redisson.api.stream.StreamEndIdArgs;
import org.redisson.api.stream.StreamMessageId;
import org.redisson.api.stream.StreamRangeArgs;
import org.redisson.client.codec.StringCodec;

/** Appends to the audit, a stream of the changes that operators have requested, and reads it. */
public final class AuditOperations {

    /** About how many entries the audit keeps. */
    static final int MAX_ENTRIES = 10_000;

    private final RedisCalls calls;

    AuditOperations(RedisCalls calls) {
        this.calls = calls;
    }

    /**
     * An entry of the audit.
     *
     * @param millis when it was appended, in milliseconds since 1970, by the clock of Redis
     * @param sequence distinguishes entries of the same millisecond
     */
    public record Entry(long millis, long sequence, Map<String, String> fields) {}

    /** Appends an entry. The oldest entries are dropped when there are too many. */
    public CompletableFuture<Void> append(Map<String, String> fields) {
        return calls.call(
                        "audit",
                        redisson -> stream(redisson)
                                .addAsync(StreamAddArgs.entries(fields)
                                        .trimNonStrict()
                                        .maxLen(MAX_ENTRIES)
                                        .noLimit()))
                .thenApply(id -> null);
    }

    /**
     * Reads entries, the latest first.
     *
     * @param before reads only entries before this one; null reads from the latest one
     * @param limit maximum number of entries
     */
    public CompletableFuture<List<Entry>> latest(@Nullable Entry before, int limit) {
        StreamEndIdArgs<StreamRangeArgs> start = before == null
                ? StreamRangeArgs.startId(StreamMessageId.MAX)
                : StreamRangeArgs.startIdExclusive(new StreamMessageId(before.millis(), before.sequence()));
        StreamRangeArgs range = start.endId(StreamMessageId.MIN).count(limit);
        return calls.call("audit", redisson -> stream(redisson).rangeReversedAsync(range))
                .thenApply(found -> {
                    List<Entry> entries = new ArrayList<>();
                    found.forEach((id, fields) -> entries.add(new Entry(id.getId0(), id.getId1(), fields)));
                    return Collections.unmodifiableList(entries);
                });
    }

    private RStream<String, String> stream(RedissonClient redisson) {
        return redisson.getStream(calls.keys().audit(), StringCodec.INSTANCE);
    }
}
