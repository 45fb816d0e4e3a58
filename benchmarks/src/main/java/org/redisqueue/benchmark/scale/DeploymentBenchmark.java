// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.scale;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.redisqueue.benchmark.Report;
import org.redisqueue.benchmark.Settings;
import org.redisqueue.benchmark.cycle.AdapterPeer;
import org.redisqueue.ra.RedisResourceAdapter;

/** Measures sending and delivering messages of one and of eight queues on different deployments of Redis. */
public final class DeploymentBenchmark {

    private static final List<Integer> QUEUES = List.of(1, 8);
    private static final int WARM_UP = 3;
    private static final int FIRST = 5_000;
    private static final int MAX_MESSAGES = 400_000;
    private static final int PAYLOAD = 200;

    private final Settings settings;
    private final Report report;
    private final Map<List<Object>, Double> rates = new HashMap<>();

    private DeploymentBenchmark(Settings settings, Report report) {
        this.settings = settings;
        this.report = report;
    }

    public static void run(Settings settings, Report report) throws Exception {
        DeploymentBenchmark benchmark = new DeploymentBenchmark(settings, report);
        try (Deployment single = Deployment.single();
                Deployment sentinel = Deployment.sentinel();
                Deployment cluster = Deployment.cluster();
                Deployment confirmed = Deployment.confirmedCluster()) {
            for (int round = -WARM_UP; round < settings.rounds(); round++) {
                for (Deployment deployment : List.of(single, sentinel, cluster, confirmed)) {
                    for (int queues : QUEUES) {
                        if (settings.hasPeer(deployment.name())) {
                            benchmark.measure(deployment, queues, round >= 0);
                        }
                    }
                }
            }
        }
    }

    private void measure(Deployment deployment, int queues, boolean reported) throws Exception {
        double rate = rates.getOrDefault(List.of(deployment.name(), queues), 0.0);
        int count = (int)
                Math.min(MAX_MESSAGES, Math.max(FIRST, rate * settings.run().toSeconds()));
        List<String> names =
                IntStream.range(0, queues).mapToObj(i -> "queue-" + i).toList();
        RedisResourceAdapter adapter = new RedisResourceAdapter();
        deployment.configure(adapter);
        try (AdapterPeer peer = new AdapterPeer(adapter, names)) {
            Duration processor = deployment.processorTime();
            long start = System.nanoTime();
            peer.send(count, "x".repeat(PAYLOAD));
            double sent = count * 1e9 / (System.nanoTime() - start);
            long half = System.nanoTime();
            AtomicLong end = new AtomicLong();
            peer.drain(count, done -> end.compareAndSet(0, done < count ? 0 : System.nanoTime()));
            double drained = count * 1e9 / (end.get() - half);
            double micros = deployment.processorTime().minus(processor).toNanos() / 1e3 / count;
            rates.put(List.of(deployment.name(), queues), Math.min(sent, drained));
            report.progress("%s, %d queues: sent %,.0f/s, drained %,.0f/s", deployment.name(), queues, sent, drained);
            if (reported) {
                Map<String, String> under = Map.of("queues", Integer.toString(queues), "payload", PAYLOAD + " B");
                report.add("sent", deployment.name(), Report.RATE, sent, under);
                report.add("drained", deployment.name(), Report.RATE, drained, under);
                report.add("CPU of the masters", deployment.name(), "µs/message", micros, under);
            }
        }
    }
}
