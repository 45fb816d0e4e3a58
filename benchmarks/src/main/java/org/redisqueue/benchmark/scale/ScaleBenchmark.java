// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.scale;

import jakarta.resource.ResourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.redisqueue.benchmark.Report;
import org.redisqueue.benchmark.Settings;
import org.redisqueue.benchmark.cycle.AdapterPeer;
import org.redisqueue.benchmark.process.RedisServer;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.transaction.ResourceManager;
import org.redisqueue.spi.DeliveryResult;

/**
 * Measures the cost of a message in Redis as the number of servers and of queues grows, without the cost of waiting for
 * it. The servers have time to spare.
 */
public final class ScaleBenchmark {

    private static final List<Site> SITES = List.of(
            new Site(1, 1), new Site(10, 1), new Site(100, 1), new Site(1, 10), new Site(1, 100), new Site(1, 1_000));
    private static final int MESSAGES_PER_SECOND = 200;
    private static final int PAYLOAD = 200;
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration IDLE = Duration.ofSeconds(12); // two waits for a message
    private static final Duration SETTLING = Duration.ofSeconds(6); // longer than the wait for a message

    /** Each of the servers listens to each of the queues. */
    private record Site(int servers, int queues) {}

    private ScaleBenchmark() {}

    public static void run(Settings settings, Report report) throws Exception {
        for (int round = 0; round < settings.rounds(); round++) {
            for (Site site : SITES) {
                measure(site, settings, report);
            }
        }
    }

    private static void measure(Site site, Settings settings, Report report) throws Exception {
        LongAdder delivered = new LongAdder();
        List<RedisResourceAdapter> servers = new ArrayList<>();
        try (RedisServer redis = new RedisServer()) {
            redis.setDurability(RedisServer.Durability.EVERYSEC);
            try {
                for (int i = 0; i < site.servers; i++) {
                    servers.add(start("server-" + i, redis, site.queues, delivered));
                }
                Awaitility.await()
                        .atMost(START)
                        .until(() -> redis.client().call("SCARD", "rq:queues").equals((long) site.queues));
                LockSupport.parkNanos(SETTLING.toNanos());
                measure(site, servers.get(0), redis, delivered, settings, report);
            } finally {
                servers.forEach(RedisResourceAdapter::stop);
            }
        }
    }

    private static void measure(
            Site site,
            RedisResourceAdapter server,
            RedisServer redis,
            LongAdder delivered,
            Settings settings,
            Report report) {
        Load before = Load.of(redis);
        LockSupport.parkNanos(IDLE.toNanos());
        Load idle = Load.of(redis).since(before);

        ResourceManager sender = ResourceManager.acquire(server);
        before = Load.of(redis);
        int count = send(sender.operations(), site.queues, settings.run());
        Awaitility.await().atMost(START).until(() -> delivered.sum() >= count);
        Load busy = Load.of(redis).since(before);
        sender.release();

        double roundTrips = (busy.requests - idle.requestsPerSecond() * busy.seconds()) / count;
        double micros = (busy.processorSeconds - idle.utilization() * busy.seconds()) * 1e6 / count;
        report.progress(
                "%d servers, %d queues: idle %.1f round trips/s and %.2f%% of a processor; per message %.2f and %.0f µs",
                site.servers, site.queues, idle.requestsPerSecond(), idle.utilization() * 100, roundTrips, micros);
        Map<String, String> under =
                Map.of("servers", Integer.toString(site.servers), "queues", Integer.toString(site.queues));
        report.add("idle", "adapter", "round trips/s", idle.requestsPerSecond(), under);
        report.add("idle Redis CPU", "adapter", "% of a processor", idle.utilization() * 100, under);
        report.add("round trips", "adapter", "per message", roundTrips, under);
        report.add("Redis CPU", "adapter", "µs/message", micros, under);
    }

    /** What Redis has done until a time, or in a period. */
    private record Load(long requests, double processorSeconds, long nanos) {

        static Load of(RedisServer redis) {
            return new Load(redis.requests(), redis.processorTime().toNanos() / 1e9, System.nanoTime());
        }

        Load since(Load before) {
            return new Load(
                    requests - before.requests, processorSeconds - before.processorSeconds, nanos - before.nanos);
        }

        double seconds() {
            return nanos / 1e9;
        }

        double requestsPerSecond() {
            return requests / seconds();
        }

        double utilization() {
            return processorSeconds / seconds();
        }
    }

    /** Starts a server with its own connections, and with a listener for each queue. */
    private static RedisResourceAdapter start(String name, RedisServer redis, int queues, LongAdder delivered)
            throws ResourceException {
        RedisResourceAdapter adapter = new RedisResourceAdapter();
        adapter.setAddresses(redis.address());
        adapter.setClientName(name);
        AdapterPeer.start(adapter);
        for (int i = 0; i < queues; i++) {
            adapter.activate(
                    adapter,
                    "listener-" + i,
                    Map.of("queue", "queue-" + i, "maxConcurrency", "2"),
                    false,
                    false,
                    delivery -> {
                        delivery.begin();
                        delivered.increment();
                        return DeliveryResult.completed();
                    });
        }
        return adapter;
    }

    /** Sends messages to random queues at a constant rate. Returns their number. */
    private static int send(QueueOperations operations, int queues, Duration duration) {
        Random random = new Random(queues);
        byte[] value = new byte[PAYLOAD];
        int count = (int) (MESSAGES_PER_SECOND * duration.toSeconds());
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            LockSupport.parkNanos(start + TimeUnit.SECONDS.toNanos(1) * i / MESSAGES_PER_SECOND - System.nanoTime());
            String queue = "queue-" + random.nextInt(queues);
            operations
                    .send(List.of(new SendRequest(queue, QueueOperations.newId(), value, 0)))
                    .join();
        }
        return count;
    }
}
