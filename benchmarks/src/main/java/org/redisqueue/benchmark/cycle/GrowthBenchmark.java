// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.redisqueue.benchmark.Report;
import org.redisqueue.benchmark.Settings;
import org.redisqueue.benchmark.process.RedisServer;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.transaction.ResourceManager;

/** Measures the cost of a claim and of an acknowledgment in Redis as the number of messages grows. */
public final class GrowthBenchmark {

    private static final int CALLS = 5_000;
    private static final int BATCH_SIZE = 1_000;
    private static final int LEASE_MILLIS = 3_600_000;
    private static final int PAYLOAD = 200;

    private GrowthBenchmark() {}

    public static void run(Settings settings, Report report) throws Exception {
        try (RedisServer redis = new RedisServer()) {
            redis.setDurability(RedisServer.Durability.EVERYSEC);
            RedisResourceAdapter adapter = AdapterPeer.adapter(redis.address());
            ResourceManager manager = ResourceManager.acquire(adapter);
            QueueOperations operations = manager.operations();
            for (int depth : settings.depths()) {
                String queue = "growth-" + depth;
                redis.fill(queue, depth, PAYLOAD);
                for (int claimed = 0; claimed < depth; claimed += Math.min(depth, BATCH_SIZE)) {
                    claim(operations, queue, Math.min(depth, BATCH_SIZE));
                }
                redis.fill(queue, "b", depth, PAYLOAD);
                report.progress("%,d in flight and %,d in backlog", depth, depth);
            }
            for (int round = -1; round < settings.rounds(); round++) {
                for (int depth : settings.depths()) {
                    measure(redis, operations, depth, round, report);
                }
            }
            manager.release();
            adapter.stop();
        }
    }

    /** Handles one message per call. The durations of the scripts come from the statistics of Redis. */
    private static void measure(RedisServer redis, QueueOperations operations, int depth, int round, Report report) {
        String queue = "growth-" + depth;
        redis.fill(queue, "r" + round + "-", CALLS, PAYLOAD);
        Map<String, String> under = Map.of("in flight and in backlog", Integer.toString(depth));
        List<Lease> leases = new ArrayList<>();
        redis.client().call("CONFIG", "RESETSTAT");
        for (int i = 0; i < CALLS; i++) {
            claim(operations, queue, 1).forEach(message -> leases.add(message.lease()));
        }
        double claim = redis.microsPerScript();
        redis.client().call("CONFIG", "RESETSTAT");
        for (Lease lease : leases) {
            operations.acknowledge(List.of(lease), List.of()).join();
        }
        double acknowledge = redis.microsPerScript();
        report.progress("%,d: claim %.1f µs, acknowledge %.1f µs", depth, claim, acknowledge);
        if (round >= 0) {
            report.add("claim", "adapter", "µs in Redis", claim, under);
            report.add("acknowledge", "adapter", "µs in Redis", acknowledge, under);
        }
    }

    private static List<ClaimedMessage> claim(QueueOperations operations, String queue, int limit) {
        return operations
                .claim(new ClaimRequest(queue, limit, LEASE_MILLIS, 10, 1 << 20))
                .join()
                .messages();
    }
}
