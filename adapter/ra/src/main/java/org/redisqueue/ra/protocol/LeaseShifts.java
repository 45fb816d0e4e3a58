// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.redisqueue.ra.log.LogMessage;

/**
 * Shifts the leases of a queue after the {@linkplain RedisClock clock} of its server has jumped, before a claim regards
 * them as ended. After a claim that has failed, perhaps because of a jump, it first reads the time.
 */
final class LeaseShifts {

    /** More queues than a process uses. Above this number, it forgets which jumps it has handled. */
    private static final int MAX_QUEUES = 100_000;

    private final RedisCalls calls;

    /** For each queue, by how much its clock has jumped in total when its leases were last shifted, in milliseconds. */
    private final Map<String, Long> handled = new ConcurrentHashMap<>();

    LeaseShifts(RedisCalls calls) {
        this.calls = calls;
    }

    /** Whether {@link #prepareClaim} is necessary before the next claim from a queue. */
    boolean arePossible(String queue) {
        return arePending(queue) || calls.clock(queue).isDistrusted();
    }

    /** Whether the clock has jumped since the last shift of the queue's leases, or since its first claim. */
    boolean arePending(String queue) {
        if (handled.size() >= MAX_QUEUES) {
            handled.clear();
        }
        long jumped = calls.clock(queue).jumpedMillis();
        return handled.computeIfAbsent(queue, name -> jumped) != jumped;
    }

    /** Shifts the leases if the clock has jumped. Fails if a call fails. */
    CompletableFuture<Void> prepareClaim(String queue, long leaseMillis) {
        RedisClock clock = calls.clock(queue);
        CompletableFuture<Void> time = clock.isDistrusted()
                ? shift(queue, clock, 0, leaseMillis).thenAccept(shifted -> {})
                : CompletableFuture.completedFuture(null);
        return time.thenCompose(known -> {
            long jumped = clock.jumpedMillis();
            long before = handled.computeIfAbsent(queue, name -> jumped);
            long jump = jumped - before;
            return jump == 0
                    ? CompletableFuture.completedFuture(null)
                    : shift(queue, clock, jump, leaseMillis).thenAccept(shifted -> {
                        handled.replace(queue, before, jumped); // unless a concurrent claim did
                        if (shifted > 0) {
                            LogMessage.CLOCK_JUMPED.log(queue, jump, shifted);
                        }
                    });
        });
    }

    private CompletableFuture<Long> shift(String queue, RedisClock clock, long jump, long leaseMillis) {
        long sent = System.nanoTime();
        return calls.run(Script.SHIFT, List.of(calls.keys().processing(queue)), List.of(jump, leaseMillis))
                .thenApply(reply -> {
                    clock.reported((Long) reply.get(0), TimeUnit.MILLISECONDS, sent);
                    return (Long) reply.get(1);
                });
    }
}
