// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisqueue.benchmark.Report;
import org.redisqueue.benchmark.Settings;
import org.redisqueue.benchmark.app.Work;
import org.redisqueue.benchmark.process.WildFly;

/** Measures the throughput of message-driven beans in one server and the cost per message, alternating between the
 * brokers. */
public final class DeliveryBenchmark {

    private static final List<Work> MEASURED =
            List.of(Work.NOTHING, Work.ROW, Work.ROW_POSTGRESQL, Work.ROW_CMR, Work.ON);
    private static final int FIRST = 4_000; // size of the first run, which estimates the rate; also the smallest run
    private static final int MAX_MESSAGES = 400_000;
    private static final long MAX_BYTES = 250_000_000;
    private static final int WARM_UP_RUNS = 3;

    private final Site site;
    private final WildFly server;
    private final Report report;
    private final Map<String, Double> rates = new HashMap<>();

    private record Moment(
            long count,
            long nanos,
            Duration server,
            @Nullable Duration broker,
            long requests,
            long allocated) {}

    private DeliveryBenchmark(Site site, Report report) {
        this.site = site;
        this.server = site.server();
        this.report = report;
    }

    /** Runs the benchmark once for each number of listeners, each time in a new server. */
    public static void run(Settings settings, Report report) {
        List<Work> works =
                MEASURED.stream().filter(work -> settings.hasKind(work.label())).toList();
        for (int listeners : settings.listeners()) {
            try (Site site = new Site(settings, listeners, works, report)) {
                new DeliveryBenchmark(site, report).run(settings, works, listeners);
            }
        }
    }

    private void run(Settings settings, List<Work> works, int listeners) {
        for (Work work : works) {
            List<Peer> peers =
                    site.peers().stream().filter(peer -> peer.has(work)).toList();
            for (int payload : settings.payloads()) {
                Map<String, String> under = Map.of(
                        "work", work.label(),
                        "listeners", Integer.toString(listeners),
                        "payload", payload + " B");
                for (Peer peer : peers) {
                    rates.remove(peer.name());
                    for (int i = 0; i < WARM_UP_RUNS; i++) {
                        measure(peer, work, payload, count(peer, settings.run(), payload), null);
                    }
                }
                for (int round = 0; round < settings.rounds(); round++) {
                    for (Peer peer : peers) {
                        measure(peer, work, payload, count(peer, settings.run(), payload), under);
                    }
                }
                if (settings.profile()) {
                    for (Peer peer : peers) {
                        profile(settings, peer, work, payload);
                    }
                }
            }
        }
    }

    /** One more run, recorded by JDK Flight Recorder. */
    private void profile(Settings settings, Peer peer, Work work, int payload) {
        Profile profile =
                Profile.begin(server.pid(), settings.directory(), peer.name() + "-" + work.label() + "-" + payload);
        measure(peer, work, payload, count(peer, settings.run(), payload), null);
        report.note("%s, %s, %d B: %s", peer.name(), work, payload, profile.end());
    }

    /** The number of messages for a run of the configured duration. */
    private int count(Peer peer, Duration run, int payload) {
        Double rate = rates.get(peer.name());
        if (rate == null) {
            return FIRST;
        }
        return (int) Math.min(
                (double) Math.min(MAX_MESSAGES, MAX_BYTES / payload), Math.max(FIRST, rate * run.toSeconds() / 0.8));
    }

    /** Runs one round and measures its deliveries, except for the first and the last tenth. */
    private void measure(Peer peer, Work work, int payload, int count, @Nullable Map<String, String> under) {
        String queue = peer.queue(work);
        server.get("clear", Map.of("queue", queue));
        peer.clear();
        long before = Long.parseLong(server.get("count", Map.of("queue", queue)));
        peer.fill(queue, count, payload);
        peer.resume(queue);
        Moment first = await(peer, queue, before + count / 10);
        Moment last = await(peer, queue, before + count * 9L / 10);
        await(peer, queue, before + count);
        peer.awaitIdle(queue);
        long delivered = Long.parseLong(server.get("count", Map.of("queue", queue))) - before;
        if (delivered != count) {
            report.note("%s delivered %d messages, and redelivered %d of them", peer.name(), count, delivered - count);
        }
        double messages = last.count - first.count;
        double seconds = (last.nanos - first.nanos) / 1e9;
        rates.put(peer.name(), messages / seconds);
        if (under != null) {
            report.add("rate", peer.name(), Report.RATE, messages / seconds, under);
            report.add("server CPU", peer.name(), "µs/message", micros(first.server, last.server) / messages, under);
            report.add(
                    "allocation", peer.name(), "bytes/message", (last.allocated - first.allocated) / messages, under);
            report.add("load average", peer.name(), Report.LOAD, report.load(), under);
            if (first.broker != null && last.broker != null) {
                report.add(
                        "broker CPU", peer.name(), "µs/message", micros(first.broker, last.broker) / messages, under);
            }
            if (first.requests >= 0) {
                report.add(
                        "round trips", peer.name(), "per message", (last.requests - first.requests) / messages, under);
            }
        }
        report.progress(
                "%s %s %s %d messages: %,.0f/s",
                under == null ? "warm-up" : under, peer.name(), work.label(), count, messages / seconds);
    }

    private Moment await(Peer peer, String queue, long count) {
        String[] answer =
                server.get("await", Map.of("queue", queue, "count", count)).split(" ");
        long reached = Long.parseLong(answer[0]);
        if (reached < count) {
            throw new IllegalStateException(peer.name() + " stopped after " + reached + " of " + count + " messages");
        }
        return new Moment(
                reached,
                Long.parseLong(answer[1]),
                server.processorTime(),
                peer.processorTime(),
                peer.requests(),
                Long.parseLong(answer[2]));
    }

    private static double micros(Duration from, Duration to) {
        return to.minus(from).toNanos() / 1e3;
    }
}
