// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** Counts the deliveries of each queue, and records latencies. */
public final class Deliveries {

    private static final Map<String, LongAdder> COUNTS = new ConcurrentHashMap<>();
    private static final Queue<Long> NANOS = new ConcurrentLinkedQueue<>();

    private Deliveries() {}

    static void count(String queue) {
        COUNTS.computeIfAbsent(queue, name -> new LongAdder()).increment();
    }

    static long of(String queue) {
        LongAdder count = COUNTS.get(queue);
        return count == null ? 0 : count.sum();
    }

    /** @param body starts with the {@link System#nanoTime} at which the message was scheduled to be sent */
    public static void time(String body) {
        NANOS.add(System.nanoTime() - Long.parseLong(body.substring(0, body.indexOf(' '))));
    }

    /** Returns the recorded latencies in ascending order, and clears them. */
    public static long[] takeTimes() {
        long[] taken = NANOS.stream().mapToLong(Long::longValue).toArray();
        NANOS.clear();
        Arrays.sort(taken);
        return taken;
    }
}
