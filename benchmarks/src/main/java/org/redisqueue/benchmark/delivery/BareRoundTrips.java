// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.benchmark.app.Deliveries;
import org.redisqueue.benchmark.app.Pace;
import org.redisqueue.benchmark.process.RedisServer;
import org.redisqueue.benchmark.process.RedisServer.Durability;
import org.redisqueue.ra.testing.RespConnection;

/**
 * The least that a message through Redis takes: LPUSH by one thread, and BLMOVE by another that waits, with plain sockets. The
 * adapter then claims the message, which takes another round trip.
 */
final class BareRoundTrips {

    private static final String QUEUE = "bare-round-trips";
    private static final String HELD = QUEUE + "-held";
    private static final int WAIT_SECONDS = 10;

    private BareRoundTrips() {}

    static String name(Durability durability) {
        return QUEUE + "-" + durability.name().toLowerCase(Locale.ROOT);
    }

    /** Returns all latencies in ascending order, in nanoseconds. */
    static long[] time(RedisServer redis, Durability durability, int rate, int seconds) {
        redis.clear();
        redis.setDurability(durability);
        CompletableFuture<Void> receiver = CompletableFuture.runAsync(() -> receive(redis, rate * seconds));
        try (RespConnection sender = redis.client().connect()) {
            Pace.keep(rate, seconds, body -> sender.call("LPUSH", QUEUE, body));
        }
        receiver.join();
        return Deliveries.takeTimes();
    }

    private static void receive(RedisServer redis, int count) {
        try (RespConnection connection = redis.client().connect()) {
            for (int i = 0; i < count; i++) {
                String body = (String) connection.call("BLMOVE", QUEUE, HELD, "RIGHT", "LEFT", WAIT_SECONDS);
                Deliveries.time(body);
                connection.call("LREM", HELD, 1, body);
            }
        }
    }
}
