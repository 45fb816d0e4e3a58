// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.RedisUnavailableException;

/**
 * Makes calls that take effect at most once and whose outcome is known even if a reply is lost. Redis keeps a receipt
 * of the last call of each lane, and the identical call is sent again until Redis answers it.
 *
 * <p>A lane carries one call at a time. The lanes of a process are named after a random server id. If a process finds
 * that a different one uses one of its lanes, for example after the process was cloned, it chooses a new server id.
 */
final class Lanes {

    /** How long a call is retried, and how long after its first transmission Redis may still execute it. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Transmits a script once. */
    interface Transport {
        CompletableFuture<List<Object>> run(Work work, List<Object> keys, List<Object> arguments);
    }

    /**
     * A script to execute.
     *
     * @param operation name of the operation in error messages
     * @param keys the keys of the script that follow the lane
     * @param arguments the arguments of the script that follow those of the lane
     * @param bytes approximate number of bytes to send
     */
    record Work(String operation, Script script, List<Object> keys, List<Object> arguments, long bytes) {}

    /** A lane. It carries one call at a time. */
    static final class Lane {

        private final String home;
        private final String server;
        private final String key;
        private long last;

        private Lane(String home, String server, String key) {
            this.home = home;
            this.server = server;
            this.key = key;
        }

        String home() {
            return home;
        }

        /** The key of the lane in Redis. */
        String key() {
            return key;
        }

        /** Assigns the number of the next call. */
        long next() {
            return ++last;
        }
    }

    private final Transport transport;
    private final ScheduledExecutorService timer;
    private final BinaryOperator<String> keys;
    private final Function<String, RedisClock> clocks;
    private final Duration patience;
    private final Set<NumberedCall> calls = ConcurrentHashMap.newKeySet();
    private final Map<String, Deque<Lane>> free = new ConcurrentHashMap<>();
    private volatile @Nullable String server;
    private int made;
    private volatile @Nullable RedisUnavailableException closed;

    /**
     * @param timer schedules the retries of calls
     * @param keys maps the home and the name of a lane to its key
     * @param clocks provides the clock of a home's server
     * @param patience how long calls are retried
     */
    Lanes(
            Transport transport,
            ScheduledExecutorService timer,
            BinaryOperator<String> keys,
            Function<String, RedisClock> clocks,
            Duration patience) {
        this.transport = transport;
        this.timer = timer;
        this.keys = keys;
        this.clocks = clocks;
        this.patience = patience;
    }

    /**
     * Executes a script in a lane.
     *
     * @param home the queue whose keys the script uses in a cluster; empty on a single server
     * @return the report of the script; fails with a {@link RedisCallException}, which carries an {@link Unsettled} if
     *     the outcome is unknown
     */
    CompletableFuture<List<Object>> call(String home, Work work) {
        NumberedCall call = new NumberedCall(this, take(home), work);
        calls.add(call);
        call.result().whenComplete((report, failure) -> calls.remove(call));
        call.transmit();
        if (closed != null) {
            call.close(closed);
        }
        return call.result();
    }

    /** Whether Redis may execute a call with these arguments, which it may not if their deadline is 0. */
    static boolean isExecutable(List<Object> arguments) {
        return !NumberedCall.NO_DEADLINE.equals(arguments.get(1));
    }

    /** Ends all calls. The outcome of a call that was sent and not answered is unknown. */
    void close(RedisUnavailableException reason) {
        closed = reason;
        calls.forEach(call -> call.close(reason));
    }

    Transport transport() {
        return transport;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    Duration patience() {
        return patience;
    }

    /** The clock of the lane's server. */
    RedisClock clock(Lane lane) {
        return clocks.apply(lane.home);
    }

    /** Takes a free lane, or creates one if there is none. */
    Lane take(String home) {
        Lane lane = freeLanes(home).poll();
        return lane != null ? lane : newLane(home);
    }

    private Deque<Lane> freeLanes(String home) {
        return free.computeIfAbsent(home, name -> new ConcurrentLinkedDeque<>());
    }

    private synchronized Lane newLane(String home) {
        if (server == null) {
            server = random();
        }
        return new Lane(home, server, keys.apply(home, server + ":" + ++made));
    }

    /** Records that the call of a lane was executed. The lane is free again. */
    void executed(Lane lane) {
        if (lane.server.equals(server)) {
            freeLanes(lane.home).push(lane);
        }
    }

    /**
     * Chooses a new server id, because a different process uses this lane, unless this one has already chosen a new id
     * since the lane was created.
     */
    synchronized void leave(Lane lane) {
        if (lane.server.equals(server)) {
            server = random();
            free.clear();
        }
    }

    /** A random text that differs between a process and its clone. It combines system entropy and the time. */
    static String random() {
        return Long.toString((RANDOM.nextLong() ^ System.nanoTime()) & Long.MAX_VALUE, Character.MAX_RADIX);
    }
}
