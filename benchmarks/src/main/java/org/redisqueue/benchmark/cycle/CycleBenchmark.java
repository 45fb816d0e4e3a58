// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.redisqueue.benchmark.Report;
import org.redisqueue.benchmark.Settings;
import org.redisqueue.benchmark.process.RedisServer;

/** Measures sending, claiming and acknowledging messages without an application server. */
public final class CycleBenchmark {

    private static final int FIRST = 20_000;
    private static final int MAX_MESSAGES = 400_000;
    private static final int PAYLOAD = 200;

    private final RedisServer redis;
    private final Report report;
    private final Map<String, Double> rates = new HashMap<>();

    private record Snapshot(long count, long nanos, Duration processor, long requests) {}

    private CycleBenchmark(RedisServer redis, Report report) {
        this.redis = redis;
        this.report = report;
    }

    public static void run(Settings settings, Report report) throws Exception {
        try (RedisServer redis = new RedisServer()) {
            redis.setDurability(RedisServer.Durability.EVERYSEC);
            new CycleBenchmark(redis, report).run(settings);
        }
    }

    private void run(Settings settings) throws Exception {
        List<CyclePeer> peers = new ArrayList<>(List.of(
                new AdapterPeer(redis.address()),
                new NaivePeer(redis.address()),
                new FloorPeer(redis.client()),
                new PipelinePeer(redis.client())));
        BullMqPeer.start(redis.client(), settings.directory())
                .ifPresentOrElse(
                        peers::add, () -> report.note("BullMQ is not measured, because Node.js or npm is missing"));
        peers.removeIf(peer -> !settings.hasPeer(peer.name()));
        Map<String, String> under = Map.of("threads", Integer.toString(Threads.COUNT), "payload", PAYLOAD + " B");
        for (int round = -2; round < settings.rounds(); round++) {
            for (CyclePeer peer : peers) {
                double rate = rates.getOrDefault(peer.name(), 0.0);
                int count = (int) Math.min(
                        MAX_MESSAGES, Math.max(FIRST, rate * settings.run().toSeconds() / 0.8));
                measure(peer, count, round < 0 ? null : under);
            }
        }
        peers.forEach(CyclePeer::close);
    }

    private void measure(CyclePeer peer, int count, @Nullable Map<String, String> under) throws Exception {
        redis.clear();
        Snapshot before = snapshot(0);
        peer.send(count, "x".repeat(PAYLOAD));
        Snapshot after = snapshot(count);
        Window window = new Window(count);
        peer.drain(count, window);
        Snapshot first = window.first();
        Snapshot last = window.last();
        rates.put(peer.name(), rate(first, last));
        redis.clear();
        long begin = System.nanoTime();
        boolean bulk = peer.sendInBulk(count, "x".repeat(PAYLOAD));
        double bulkRate = count / ((System.nanoTime() - begin) / 1e9);
        report.progress("%s: sent %,.0f/s, drained %,.0f/s", peer.name(), rate(before, after), rate(first, last));
        if (under != null) {
            double messages = last.count - first.count;
            report.add("sent", peer.name(), Report.RATE, rate(before, after), under);
            report.add("drained", peer.name(), Report.RATE, rate(first, last), under);
            report.add("round trips", peer.name(), "per message", (last.requests - first.requests) / messages, under);
            report.add(
                    "Redis CPU",
                    peer.name(),
                    "µs/message",
                    last.processor.minus(first.processor).toNanos() / 1e3 / messages,
                    under);
            if (bulk) {
                report.add("sent in bulk", peer.name(), Report.RATE, bulkRate, under);
            }
        }
    }

    private Snapshot snapshot(long count) {
        return new Snapshot(count, System.nanoTime(), redis.processorTime(), redis.requests());
    }

    private static double rate(Snapshot first, Snapshot last) {
        return (last.count - first.count) / ((last.nanos - first.nanos) / 1e9);
    }

    /** The part of a round that is measured: all but the first and the last tenth of its messages. */
    private final class Window implements LongConsumer {

        private final int count;
        private volatile @Nullable Snapshot first;
        private volatile @Nullable Snapshot last;

        private Window(int count) {
            this.count = count;
        }

        private Snapshot first() {
            return Objects.requireNonNull(first, "the first tenth has not been drained");
        }

        private Snapshot last() {
            return Objects.requireNonNull(last, "nine tenths have not been drained");
        }

        @Override
        public void accept(long done) {
            if (first == null && done >= count / 10) {
                synchronized (this) {
                    if (first == null) {
                        first = snapshot(done);
                    }
                }
            } else if (last == null && done >= count * 9L / 10) {
                synchronized (this) {
                    if (last == null) {
                        last = snapshot(done);
                    }
                }
            }
        }
    }
}
