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
import org.redisqueue.ra.client.RedisUnavailableException;

/**
 * Makes calls that take effect at most once, and whose outcome is known even if a reply is lost: Redis keeps a receipt
 * of the last call of each lane, and the identical call is sent again until Redis answers it.
 *
 * <p>A lane carries one call at a time. The lanes of a process are named after a random server id. A process that finds
 * one of its lanes used by another process, as after it was cloned, takes a new server id.
 */
final class Lanes {

    /** How long a call is sent again, and how long after its first transmission Redis may execute it. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Sends a script once. */
    interface Transport {
        CompletableFuture<List<Object>> run(Work work, List<Object> keys, List<Object> arguments);
    }

    /**
     * What is to be executed.
     *
     * @param operation its name in error messages
     * @param keys the keys of the script after the lane
     * @param arguments the arguments of the script after those of the lane
     * @param bytes about how much is sent
     */
    record Work(String operation, Script script, List<Object> keys, List<Object> arguments, long bytes) {}

    /** One lane. */
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

        /** Its key in Redis. */
        String key() {
            return key;
        }

        /** The number of the next call. */
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
    private volatile String server;
    private int made;
    private volatile RedisUnavailableException closed;

    /**
     * @param timer sends calls again
     * @param keys makes the key of a lane from its home and its name
     * @param clocks finds the clock of the server that a home is on
     * @param patience how long to send a call again
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
     * Executes work.
     *
     * @param home a queue whose keys it uses
     * @return what the script reports; fails with a {@link RedisCallException}, which has an {@link Unsettled} if its
     *     outcome is unknown
     */
    CompletableFuture<List<Object>> call(String home, Work work) {
        NumberedCall call = new NumberedCall(this, take(home), work);
        calls.add(call);
        call.start();
        if (closed != null) {
            call.close(closed);
        }
        return call.result();
    }

    /** Ends all calls. What was sent and not answered has an unknown outcome. */
    void close(RedisUnavailableException why) {
        closed = why;
        calls.forEach(call -> call.close(why));
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

    /** The clock of the server that a lane is on. */
    RedisClock clock(Lane lane) {
        return clocks.apply(lane.home);
    }

    /** A lane that carries no call. */
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

    /** A call was executed: its lane can carry another one. */
    void executed(NumberedCall call, Lane lane) {
        calls.remove(call);
        if (lane.server.equals(server)) {
            freeLanes(lane.home).push(lane);
        }
    }

    /** A call has ended in another way: its lane is not used again. */
    void abandoned(NumberedCall call) {
        calls.remove(call);
    }

    /** Another process uses this lane: takes a new server id, unless that was done since the lane was made. */
    synchronized void leave(Lane lane) {
        if (lane.server.equals(server)) {
            server = random();
            free.clear();
        }
    }

    /** Random, and different in a process and its clone: from the entropy of the system, and the time. */
    static String random() {
        return Long.toString((RANDOM.nextLong() ^ System.nanoTime()) & Long.MAX_VALUE, Character.MAX_RADIX);
    }
}
