// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.redisqueue.ra.client.Failures;

/**
 * Combines requests of several threads into one call to Redis. While calls are under way, the next requests gather. The
 * more there are, the less each of them costs: a part of a round trip, and of a write to disk.
 *
 * <p>One call is under way, or two if calls take long, as they do when Redis writes to disk before it answers: it then
 * has the second one at hand when it has executed the first. Requests do not wait for a call that seems to be stuck, as
 * long as fewer than {@value #MOST_CALLS} are. The first of those that gather waits until as many have come as went with
 * the last call, but no longer than that call took, nor than a millisecond. As long as requests wait, a timer looks after
 * them: it begins a call when those under way seem to be stuck, and refuses what has waited for too long.
 *
 * <p>Each request has a result of its own. If Redis refuses a call because of one of its requests, those that send are
 * made again one by one, and the others together if that may help. If it can execute nothing at present, it refuses all.
 *
 * @param <Q> a request
 * @param <R> its result
 */
final class GroupCommit<Q extends GroupCommit.Request, R> {

    private static final long SLOW = TimeUnit.MICROSECONDS.toNanos(250);
    private static final long STUCK = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int MOST_CALLS = 4;
    private static final int MOST_REQUESTS = 128;
    private static final long MOST_BYTES = 1 << 20;
    private static final long LONGEST_GATHERING = TimeUnit.MILLISECONDS.toNanos(1);

    /** How long requests wait while as many calls as may be are stuck. */
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(10);

    /** What can be asked for together with others. */
    interface Request {

        /** A queue whose keys it has. */
        String home();

        /** How many bytes it has Redis keep. Those come first that have it keep some: it may refuse that. */
        long bytes();
    }

    /** Asks for all of them. When Redis answers with an error, none of them was done, or they can all be done again. */
    interface Call<Q, R> {
        CompletableFuture<List<R>> of(List<Q> requests);
    }

    /** A request that waits for its call, and how many bytes it makes Redis keep. */
    private record Waiting<Q, R>(Q request, long bytes, long since, CompletableFuture<R> result) {}

    /** Those that can go together. */
    private static final class Group<Q extends Request, R> {

        private final long stuckNanos;

        private final Deque<Waiting<Q, R>> waiting = new ArrayDeque<>();
        private int calls;
        private int lastRequests;
        private long lastBegun;
        private long lastNanos;

        /** Whether those that wait have gathered: the next call need not wait for more. */
        private boolean gathered;

        /** Whether the timer will look after those that wait. */
        private boolean watched;

        private Group(long stuckNanos) {
            this.stuckNanos = stuckNanos;
        }

        private boolean isComplete() {
            return waiting.size() >= lastRequests;
        }

        private boolean isEnoughUnderWay(long now) {
            return calls >= MOST_CALLS || calls >= (lastNanos > SLOW ? 2 : 1) && now - lastBegun < stuckNanos;
        }

        /** Begins a call, if there is something to ask for and not enough is under way. */
        private List<Waiting<Q, R>> begin() {
            long now = System.nanoTime();
            if (waiting.isEmpty() || isEnoughUnderWay(now)) {
                return List.of();
            }
            List<Waiting<Q, R>> next = next();
            for (int i = 0; i < next.size(); i++) {
                waiting.poll();
            }
            next.sort(Comparator.comparing(each -> each.bytes == 0));
            gathered = !waiting.isEmpty(); // those that are left have waited for the others already
            lastBegun = now;
            lastRequests = next.size();
            calls++;
            return next;
        }

        /** As many as can go together, in the order they came. */
        private List<Waiting<Q, R>> next() {
            List<Waiting<Q, R>> next = new ArrayList<>();
            long bytes = 0;
            for (Waiting<Q, R> each : waiting) {
                bytes += each.bytes;
                if (next.size() == MOST_REQUESTS || bytes > MOST_BYTES && !next.isEmpty()) {
                    break;
                }
                next.add(each);
            }
            return next;
        }

        /** A call has ended. */
        private void ended(long nanos) {
            lastNanos = nanos;
            calls--;
        }

        /** Removes what was asked for that long ago. */
        private List<Waiting<Q, R>> takeOlderThan(long nanos) {
            long now = System.nanoTime();
            List<Waiting<Q, R>> taken = new ArrayList<>();
            while (!waiting.isEmpty() && now - waiting.peek().since > nanos) {
                taken.add(waiting.poll());
            }
            gathered &= !waiting.isEmpty();
            return taken;
        }
    }

    private final boolean cluster;
    private final boolean gathering;
    private final ScheduledExecutorService timer;
    private final long stuckNanos;
    private final long longestWait;
    private final Call<Q, R> call;
    private final ConcurrentMap<String, Group<Q, R>> groups = new ConcurrentHashMap<>();
    private volatile RedisCallException closed;

    /**
     * @param cluster whether queues may be on different servers, and go by different calls
     * @param timer runs what does not block
     */
    GroupCommit(boolean cluster, ScheduledExecutorService timer, Call<Q, R> call) {
        this(cluster, true, timer, STUCK, LONGEST_WAIT, call);
    }

    /** Requests gather only while calls are under way: making one never blocks. */
    static <Q extends Request, R> GroupCommit<Q, R> withoutGathering(
            boolean cluster, ScheduledExecutorService timer, Call<Q, R> call) {
        return new GroupCommit<>(cluster, false, timer, STUCK, LONGEST_WAIT, call);
    }

    /**
     * @param gathering whether requests wait a moment for others
     * @param stuckNanos when others no longer wait for a call
     * @param longestWait how many nanoseconds requests wait at most
     */
    GroupCommit(
            boolean cluster,
            boolean gathering,
            ScheduledExecutorService timer,
            long stuckNanos,
            long longestWait,
            Call<Q, R> call) {
        this.cluster = cluster;
        this.gathering = gathering;
        this.timer = timer;
        this.stuckNanos = stuckNanos;
        this.longestWait = longestWait;
        this.call = call;
    }

    /** Asks for something. Blocks for a moment if others are about to do so as well. */
    CompletableFuture<R> ask(Q request) {
        Waiting<Q, R> asked = new Waiting<>(request, request.bytes(), System.nanoTime(), new CompletableFuture<>());
        Group<Q, R> group = groups.computeIfAbsent(cluster ? request.home() : "", name -> new Group<>(stuckNanos));
        List<Waiting<Q, R>> begun;
        boolean first;
        synchronized (group) {
            if (closed != null) {
                return CompletableFuture.failedFuture(closed);
            }
            group.waiting.add(asked);
            first = group.waiting.size() == 1;
            begun = isDue(group) ? group.begin() : List.of();
            watch(group);
        }
        if (!begun.isEmpty()) {
            call(group, begun);
        } else if (first && gathering) {
            gather(group, asked);
        }
        return asked.result;
    }

    /** Whether those that wait need not wait for more. */
    private boolean isDue(Group<Q, R> group) {
        return group.gathered || !gathering || group.isComplete();
    }

    /**
     * Accepts no more requests, and refuses those that wait for a call.
     *
     * @param why certainly not executed
     */
    void close(RedisCallException why) {
        closed = why;
        for (Group<Q, R> group : groups.values()) {
            List<Waiting<Q, R>> refused;
            synchronized (group) {
                refused = List.copyOf(group.waiting);
                group.waiting.clear();
            }
            refused.forEach(each -> each.result.completeExceptionally(why));
        }
    }

    /** The first one waits for the others, the last of whom calls. */
    private void gather(Group<Q, R> group, Waiting<Q, R> first) {
        Thread thread = Thread.currentThread();
        first.result.whenComplete((result, failure) -> LockSupport.unpark(thread));
        long patience;
        synchronized (group) {
            patience = Math.min(group.lastNanos, LONGEST_GATHERING);
        }
        park(first, patience);
        List<Waiting<Q, R>> begun = List.of();
        synchronized (group) {
            if (group.waiting.peek() == first) {
                group.gathered = true;
                begun = group.begin();
            }
        }
        call(group, begun);
    }

    /** Has the timer look after those that wait: it may be that no reply comes, and no other request. */
    private void watch(Group<Q, R> group) {
        if (group.watched || group.waiting.isEmpty()) {
            return;
        }
        try {
            timer.schedule(() -> look(group), stuckNanos, TimeUnit.NANOSECONDS);
            group.watched = true;
        } catch (RuntimeException | Error e) {
            // Memory is used up, or the adapter stops: the next reply or request begins the call, or close() refuses
            // it.
        }
    }

    private void look(Group<Q, R> group) {
        List<Waiting<Q, R>> refused;
        List<Waiting<Q, R>> begun;
        synchronized (group) {
            group.watched = false;
            refused = group.takeOlderThan(longestWait);
            watch(group);
        }
        refuse(refused);
        synchronized (group) {
            begun = group.begin();
        }
        call(group, begun);
    }

    /** As many calls as may be are stuck, and these were not sent. */
    private void refuse(List<Waiting<Q, R>> refused) {
        RedisCallException reason =
                RedisCallException.notExecuted("group commit", "Redis has not answered the calls before it");
        refused.forEach(each -> each.result.completeExceptionally(reason));
    }

    private static void park(Waiting<?, ?> waiting, long nanos) {
        long end = System.nanoTime() + nanos;
        boolean interrupted = Thread.interrupted();
        for (long left = nanos; left > 0 && !waiting.result.isDone(); left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void call(Group<Q, R> group, List<Waiting<Q, R>> begun) {
        if (begun.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        call(begun).whenComplete((results, failure) -> {
            try {
                if (failure != null) {
                    answer(begun, results, failure); // first: what follows may take long
                }
            } finally {
                try {
                    callNext(group, System.nanoTime() - start);
                } finally {
                    if (failure == null) {
                        answer(begun, results, null); // last: Redis has work meanwhile
                    }
                }
            }
        });
    }

    private void callNext(Group<Q, R> group, long nanos) {
        List<Waiting<Q, R>> next;
        synchronized (group) {
            group.ended(nanos);
            next = group.calls == 0 || isDue(group) ? group.begin() : List.of();
        }
        call(group, next);
    }

    private CompletableFuture<List<R>> call(List<Waiting<Q, R>> waiting) {
        try {
            return call.of(waiting.stream().map(Waiting::request).toList()).thenApply(results -> {
                if (results.size() != waiting.size()) {
                    throw new IllegalStateException(results.size() + " results of " + waiting.size() + " requests");
                }
                return results;
            });
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Completes all of them, whatever goes wrong. */
    private void answer(List<Waiting<Q, R>> waiting, List<R> results, Throwable failure) {
        try {
            tryToAnswer(waiting, results, failure);
        } catch (RuntimeException | Error e) {
            RedisCallException unknown = RedisCallException.unknown("group commit", e);
            waiting.forEach(each -> each.result.completeExceptionally(unknown));
        }
    }

    private void tryToAnswer(List<Waiting<Q, R>> waiting, List<R> results, Throwable failure) {
        if (failure == null) {
            for (int i = 0; i < results.size(); i++) {
                waiting.get(i).result.complete(results.get(i));
            }
        } else if (waiting.size() > 1 && isRefusalOfOne(failure)) {
            parts(waiting).forEach(part -> call(part).whenComplete((result, reason) -> answer(part, result, reason)));
        } else {
            for (int i = 0; i < waiting.size(); i++) {
                waiting.get(i).result.completeExceptionally(ofRequest(i, Failures.unwrap(failure)));
            }
        }
    }

    /** A full Redis refuses a call because of those that send: the others go together, if they have not gone alone. */
    private List<List<Waiting<Q, R>>> parts(List<Waiting<Q, R>> refused) {
        List<Waiting<Q, R>> others =
                refused.stream().filter(each -> each.bytes == 0).toList();
        if (others.size() < refused.size() && others.size() > 1) {
            List<List<Waiting<Q, R>>> parts = new ArrayList<>(List.of(others));
            refused.stream().filter(each -> each.bytes > 0).map(List::of).forEach(parts::add);
            return parts;
        }
        return refused.stream().map(List::of).toList();
    }

    /** The failure of a call as that of one of its requests, which can be settled for itself. */
    private Throwable ofRequest(int number, Throwable failure) {
        if (failure instanceof RedisCallException unknown) {
            return unknown.<List<R>>unsettled()
                    .map(call -> unknown.with(call.map(results -> results.get(number))))
                    .orElse(unknown);
        }
        return failure;
    }

    /** Whether Redis answered with an error that may be because of one of the requests. */
    private static boolean isRefusalOfOne(Throwable failure) {
        return Failures.unwrap(failure) instanceof RedisCallException refused
                && !refused.outcomeUnknown()
                && !refused.connectionLost()
                && !refused.isTemporary();
    }
}
