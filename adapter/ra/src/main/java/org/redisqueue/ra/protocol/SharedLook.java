// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.redisqueue.ra.client.Failures;

/**
 * Looks every second whether queues have messages, with one call for many queues. For queues on a single server for which
 * no connection is left to wait. Unlike a wait, a look does not keep a message from waking other consumers.
 */
final class SharedLook {

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int QUEUES_PER_CALL = 500;

    private final RedisCalls calls;
    private final LeaseShifts shifts;

    /** The callers for each queue. The map is its own lock. */
    private final Map<String, List<CompletableFuture<Boolean>>> callers = new LinkedHashMap<>();

    private boolean scheduled;

    SharedLook(RedisCalls calls, LeaseShifts shifts) {
        this.calls = calls;
        this.shifts = shifts;
    }

    /**
     * Waits until a queue may have messages to claim, or its leases must be shifted. A caller that no longer needs to
     * wait must cancel the future.
     *
     * @return completes with false, because other consumers may have noticed the messages as well
     */
    CompletableFuture<Boolean> await(String queue) {
        CompletableFuture<Boolean> found = new CompletableFuture<>();
        synchronized (callers) {
            callers.computeIfAbsent(queue, name -> new ArrayList<>()).add(found);
            schedule();
        }
        return found;
    }

    private void schedule() {
        if (!scheduled) {
            try {
                calls.timer().schedule(this::look, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                scheduled = true;
            } catch (RejectedExecutionException e) {
                callers.clear(); // the adapter has stopped
            }
        }
    }

    private void look() {
        try {
            lookAtAll().whenComplete((done, failure) -> lookLater());
        } catch (RuntimeException | Error e) { // memory is exhausted
            lookLater();
        }
    }

    private void lookLater() {
        synchronized (callers) {
            scheduled = false;
            if (!callers.isEmpty()) {
                schedule();
            }
        }
    }

    private CompletableFuture<Void> lookAtAll() {
        List<String> queues;
        synchronized (callers) {
            callers.values().forEach(waiting -> waiting.removeIf(CompletableFuture::isDone));
            callers.values().removeIf(List::isEmpty);
            queues = List.copyOf(callers.keySet());
        }
        return lookFrom(queues, 0);
    }

    private CompletableFuture<Void> lookFrom(List<String> queues, int first) {
        if (first >= queues.size()) {
            return CompletableFuture.completedFuture(null);
        }
        List<String> some = queues.subList(first, Math.min(queues.size(), first + QUEUES_PER_CALL));
        List<Object> names = new ArrayList<>();
        some.forEach(queue -> names.add(calls.keys().ready(queue)));
        long sent = System.nanoTime();
        return calls.run(Script.LOOK, names, List.of())
                .handle((found, failure) -> {
                    if (failure != null) {
                        Throwable cause = Failures.unwrap(failure);
                        some.forEach(queue -> take(queue).forEach(caller -> caller.completeExceptionally(cause)));
                    } else {
                        calls.clock(some.get(0)).reported((Long) found.get(0), TimeUnit.MILLISECONDS, sent);
                        Set<String> claimable = found.subList(1, found.size()).stream()
                                .map(number -> some.get(Reply.integer(number) - 1))
                                .collect(Collectors.toSet());
                        some.stream().filter(shifts::arePending).forEach(claimable::add);
                        claimable.forEach(queue -> take(queue).forEach(caller -> caller.complete(false)));
                    }
                    return null;
                })
                .thenCompose(done -> lookFrom(queues, first + QUEUES_PER_CALL));
    }

    private List<CompletableFuture<Boolean>> take(String queue) {
        synchronized (callers) {
            List<CompletableFuture<Boolean>> taken = callers.remove(queue);
            return taken == null ? List.of() : taken;
        }
    }
}
