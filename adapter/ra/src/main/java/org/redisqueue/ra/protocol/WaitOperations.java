// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.redisson.api.queue.DequeMoveArgs;
import org.redisson.client.codec.StringCodec;

/** Waits until queues have ready messages, without claiming them. */
final class WaitOperations {

    private final RedisCalls calls;
    private final int maxWaits;
    private final ConcurrentMap<Wait, CompletableFuture<Boolean>> waits = new ConcurrentHashMap<>();

    private record Wait(String queue, Duration timeout) {}

    /** @param poolSize number of connections, of which at least half remain for calls that do not wait */
    WaitOperations(RedisCalls calls, int poolSize) {
        this.calls = calls;
        this.maxWaits = Math.max(1, poolSize / 2);
    }

    /** Whether one more caller can wait. */
    boolean canAwait() {
        return waits.size() < maxWaits;
    }

    /** {@link QueueOperations#awaitReady}. */
    CompletableFuture<Boolean> await(String queue, Duration timeout) {
        Wait wait = new Wait(queue, timeout);
        CompletableFuture<Boolean> found = new CompletableFuture<>();
        CompletableFuture<Boolean> earlier = waits.putIfAbsent(wait, found);
        if (earlier != null) {
            return earlier.copy();
        }
        String ready = calls.keys().ready(queue);
        try {
            calls.call(
                            "wait",
                            redisson -> redisson.<String>getBlockingDeque(ready, StringCodec.INSTANCE)
                                    .moveAsync(timeout, DequeMoveArgs.pollLast().addLastTo(ready)))
                    .whenComplete((id, failure) -> {
                        waits.remove(wait); // first, because a caller that learns of the end may wait again
                        if (failure != null) {
                            found.completeExceptionally(failure);
                        } else {
                            found.complete(id != null);
                        }
                    });
        } catch (Error e) {
            waits.remove(wait);
            found.completeExceptionally(e);
            throw e;
        }
        return found.copy();
    }
}
