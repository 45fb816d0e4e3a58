// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.redisson.api.queue.DequeMoveArgs;
import org.redisson.client.codec.StringCodec;

/**
 * Waits until queues have ready messages, without claiming them.
 *
 * <p>A wait moves the id of the message to the list of the messages that have arrived, so that it wakes no other
 * consumer. There is at most one wait for each queue. Its reply wakes one of the local callers; while others remain,
 * the next wait begins.
 *
 * <p>The call to Redis is not canceled if its callers stop waiting: Redisson closes the connection of a canceled blocking
 * call; if the reply arrives at that moment, another call already uses the connection and loses its own reply.
 */
public final class WaitOperations {

    private final RedisCalls calls;
    private final String server;
    private final int maxWaits;
    private final SharedLook looks;

    /** The callers waiting for each queue, next to be woken first. The map is its own lock. */
    private final Map<String, Deque<Caller>> waits = new HashMap<>();

    private record Caller(Duration timeout, CompletableFuture<Boolean> found) {}

    /**
     * @param server the id of this server in tokens
     * @param poolSize number of connections, of which at least half remain for calls that do not wait
     */
    WaitOperations(RedisCalls calls, LeaseShifts shifts, String server, int poolSize) {
        this.calls = calls;
        this.server = server;
        this.maxWaits = Math.max(1, poolSize / 2);
        this.looks = new SharedLook(calls, shifts);
    }

    /**
     * Whether one more caller can wait for a queue while at least half of the connections remain for calls that do not
     * wait.
     */
    public boolean canAwait(String queue) {
        synchronized (waits) {
            return waits.size() < maxWaits || waits.containsKey(queue);
        }
    }

    /**
     * Waits until a queue has a message that is ready, without claiming it. Each message wakes one of the callers in
     * all processes, which must then claim or, if it cannot, {@linkplain #passOn pass the wake-up on}. The callers of
     * this process share one call at a time, which ends for all of them when its timeout expires. A caller that no
     * longer needs to wait must cancel the future.
     *
     * @param timeout whole seconds, at least one; a caller that joins a call may wait for the timeout of that call
     * @return whether a message is ready
     */
    public CompletableFuture<Boolean> awaitReady(String queue, Duration timeout) {
        Caller caller = new Caller(timeout, new CompletableFuture<>());
        boolean first;
        synchronized (waits) {
            Deque<Caller> callers = waits.get(queue);
            first = callers == null;
            if (callers == null) {
                callers = new ArrayDeque<>();
                waits.put(queue, callers);
            }
            callers.add(caller);
        }
        if (first) {
            start(queue, timeout);
        }
        return caller.found;
    }

    /** Whether {@link #awaitFound} is possible, which it is not in a cluster. */
    public boolean canLook() {
        return !calls.isCluster();
    }

    /**
     * Waits until a queue may have messages to claim, without a connection of its own: one call for many queues looks every
     * second. All consumers that wait in this way notice a message. A caller that no longer needs to wait must cancel the
     * future.
     *
     * @return completes with false: no wake-up needs to be passed on
     */
    public CompletableFuture<Boolean> awaitFound(String queue) {
        return looks.await(queue);
    }

    private void start(String queue, Duration timeout) {
        Keys keys = calls.keys();
        CompletableFuture<String> call;
        try {
            call = calls.call(
                    "wait",
                    redisson -> redisson.<String>getBlockingDeque(keys.ready(queue), StringCodec.INSTANCE)
                            .moveAsync(timeout, DequeMoveArgs.pollLast().addFirstTo(keys.arrived(queue))));
        } catch (Error e) {
            ended(queue, e);
            throw e;
        }
        call.whenComplete((id, failure) -> {
            if (id == null) {
                ended(queue, failure);
            } else {
                arrived(queue);
            }
        });
    }

    /** Wakes one caller, and lets the others wait on. */
    private void arrived(String queue) {
        Caller woken;
        Duration timeout = null;
        synchronized (waits) {
            Deque<Caller> callers = waits.getOrDefault(queue, new ArrayDeque<>());
            callers.removeIf(caller -> caller.found.isDone()); // they have stopped waiting
            woken = callers.poll();
            if (callers.isEmpty()) {
                waits.remove(queue); // first, because a caller that is woken may wait again
            } else {
                timeout = callers.stream()
                        .map(Caller::timeout)
                        .min(Comparator.naturalOrder())
                        .orElseThrow();
            }
        }
        try {
            if (timeout != null) {
                start(queue, timeout);
            }
        } finally {
            if (woken == null || !woken.found.complete(true)) {
                passOn(queue, List.of(1)); // the wake-up may be for a message that is due later
            }
        }
    }

    /** Ends the wait of all callers, because it has timed out or failed. */
    private void ended(String queue, @Nullable Throwable failure) {
        Deque<Caller> callers;
        synchronized (waits) {
            callers = waits.remove(queue);
        }
        for (Caller caller : callers == null ? new ArrayDeque<Caller>() : callers) {
            if (failure == null) {
                caller.found.complete(false);
            } else {
                caller.found.completeExceptionally(failure);
            }
        }
    }

    /**
     * Passes on a wake-up that a consumer cannot use: wakes one consumer that waits if there are messages to claim. The
     * consumer gives up its place among those that know when scheduled messages are due.
     *
     * @param dueLater whether messages count, too, that wait for their redelivery, or that are scheduled and due soon; if
     *     consumers hold more than a hundred messages, these may count as well
     */
    public CompletableFuture<PassOnResult> passOn(String queue, boolean dueLater, ClaimingListener listener) {
        return passOn(queue, List.of(dueLater ? 1 : 0, server, listener.number()));
    }

    private CompletableFuture<PassOnResult> passOn(String queue, List<Object> arguments) {
        Keys keys = calls.keys();
        List<Object> names = List.of(keys.ready(queue), keys.arrived(queue), keys.processing(queue));
        return calls.run(Script.WAKE, names, arguments).thenApply(reply -> {
            long millis = Reply.integer(reply.get(1));
            return new PassOnResult(
                    Reply.integer(reply.get(0)) == 1, millis < 0 ? OptionalLong.empty() : OptionalLong.of(millis));
        });
    }
}
