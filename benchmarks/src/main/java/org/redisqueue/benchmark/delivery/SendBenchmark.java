// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.redisqueue.benchmark.Report;
import org.redisqueue.benchmark.Settings;
import org.redisqueue.benchmark.process.WildFly;

/** Measures sending from the threads of a server, one message per call, without and with a transaction for each. */
public final class SendBenchmark {

    private static final int THREADS = 15;
    private static final int PAYLOAD = 200;
    private static final int FIRST = 4_000;
    private static final int MAX_MESSAGES = 400_000;
    private static final int WARM_UP_RUNS = 2;

    private final Site site;
    private final Settings settings;
    private final Report report;
    private final Map<String, Double> rates = new HashMap<>();

    private SendBenchmark(Site site, Settings settings, Report report) {
        this.site = site;
        this.settings = settings;
        this.report = report;
    }

    public static void run(Settings settings, Report report) {
        try (Site site = new Site(settings, 1, List.of(), report)) {
            SendBenchmark benchmark = new SendBenchmark(site, settings, report);
            benchmark.run(false);
            benchmark.run(true);
        }
    }

    private void run(boolean transaction) {
        rates.clear();
        for (int round = -WARM_UP_RUNS; round < settings.rounds(); round++) {
            for (Peer peer : site.peers()) {
                String queue = peer.done();
                if (queue != null) {
                    measure(peer, queue, transaction, round >= 0);
                }
            }
        }
    }

    private void measure(Peer peer, String queue, boolean transaction, boolean reported) {
        WildFly server = site.server();
        peer.clear();
        peer.prepare();
        double expected = rates.getOrDefault(peer.name(), 0.0) * settings.run().toSeconds();
        int count = (int) Math.min(MAX_MESSAGES, Math.max(FIRST, expected));
        Duration before = server.processorTime();
        long requests = peer.requests();
        String nanos = server.get(
                "sends",
                Map.of(
                        "queue", queue,
                        "count", count,
                        "size", PAYLOAD,
                        "threads", THREADS,
                        "transaction", transaction));
        double rate = count / (Long.parseLong(nanos) / 1e9);
        rates.put(peer.name(), rate);
        report.progress(
                "%s sent %,d messages %s transactions: %,.0f/s",
                peer.name(), count, transaction ? "in" : "without", rate);
        if (reported) {
            Map<String, String> under = Map.of(
                    "transaction",
                    transaction ? "one per message" : "none",
                    "threads",
                    Integer.toString(THREADS),
                    "payload",
                    PAYLOAD + " B");
            report.add("sent", peer.name(), Report.RATE, rate, under);
            double micros = server.processorTime().minus(before).toNanos() / 1e3;
            report.add("server CPU", peer.name(), "µs/message", micros / count, under);
            if (requests >= 0) {
                report.add(
                        "round trips",
                        peer.name(),
                        "per message",
                        (double) (peer.requests() - requests) / count,
                        under);
            }
        }
    }
}
