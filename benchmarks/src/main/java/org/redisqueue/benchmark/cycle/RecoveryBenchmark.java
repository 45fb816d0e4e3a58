// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.io.IOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.redisqueue.benchmark.Report;
import org.redisqueue.benchmark.Settings;
import org.redisqueue.benchmark.process.RedisServer;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.ListenerActivation;

/** Measures the time from the death of a consumer until another consumer has claimed its messages. */
public final class RecoveryBenchmark {

    static final String QUEUE = "recovery";

    private static final int LEASE_MILLIS = 5_000;
    private static final int[] HELD = {15, 1_000};
    private static final int PAYLOAD = 200;

    private RecoveryBenchmark() {}

    public static void run(Settings settings, Report report) throws Exception {
        try (RedisServer redis = new RedisServer()) {
            RedisResourceAdapter adapter = AdapterPeer.adapter(redis.address());
            for (int round = 0; round < settings.rounds(); round++) {
                for (int held : HELD) {
                    measure(redis, adapter, held, report);
                }
            }
            adapter.stop();
        }
    }

    private static void measure(RedisServer redis, RedisResourceAdapter adapter, int held, Report report)
            throws IOException, InterruptedException {
        redis.clear();
        redis.fill(QUEUE, held, PAYLOAD);
        Process consumer = consumer(redis.address(), held);
        EndWithJvm.add(consumer.toHandle());
        if (!"claimed".equals(consumer.inputReader().readLine())) {
            throw new IllegalStateException("The consumer has claimed no messages");
        }
        Queue<Long> begun = new ConcurrentLinkedQueue<>();
        ListenerActivation survivor = adapter.activate(
                adapter,
                "survivor",
                Map.of("queue", QUEUE, "lease", Integer.toString(LEASE_MILLIS)),
                false,
                false,
                delivery -> {
                    begun.add(System.nanoTime());
                    delivery.begin();
                    return DeliveryResult.completed();
                });
        TimeUnit.MILLISECONDS.sleep(LEASE_MILLIS * 2L); // the consumer renews its leases
        long killed = System.nanoTime();
        if (!begun.isEmpty()) {
            throw new IllegalStateException("The consumer lost its leases before it was killed");
        }
        EndWithJvm.kill(consumer);
        while (begun.size() < held) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        survivor.deactivate();
        double first = (begun.stream().mapToLong(Long::longValue).min().orElseThrow() - killed) / 1e9;
        double last = (begun.stream().mapToLong(Long::longValue).max().orElseThrow() - killed) / 1e9;
        report.progress("%d held: claimed again after %.2f to %.2f s", held, first, last);
        Map<String, String> under = Map.of("held", Integer.toString(held), "lease", LEASE_MILLIS / 1_000 + " s");
        report.add("first message", "adapter", "s after kill", first, under);
        report.add("last message", "adapter", "s after kill", last, under);
    }

    private static Process consumer(String address, int count) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConsumerProcess.class.getName(),
                        address,
                        Integer.toString(count),
                        Integer.toString(LEASE_MILLIS))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
