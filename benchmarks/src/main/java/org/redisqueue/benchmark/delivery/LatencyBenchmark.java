// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.redisqueue.benchmark.Report;
import org.redisqueue.benchmark.Settings;
import org.redisqueue.benchmark.app.Work;

/** Measures the time of a message from the sending call to the listener, without other load. */
public final class LatencyBenchmark {

    private static final int LISTENERS = 15;
    private static final int RATE = 100;
    private static final int RUNS_IN_ONE = 4; // p99.9 needs more than a thousand messages

    private LatencyBenchmark() {}

    public static void run(Settings settings, Report report) {
        int seconds = (int) settings.run().toSeconds() * RUNS_IN_ONE;
        Map<String, String> under = Map.of("rate", RATE + "/s", "payload", "200 B");
        try (Site site = new Site(settings, LISTENERS, List.of(Work.TIME), report)) {
            List<Peer> peers =
                    site.peers().stream().filter(peer -> peer.has(Work.TIME)).toList();
            for (int round = -1; round < settings.rounds(); round++) {
                for (Peer peer : peers) {
                    String queue = peer.queue(Work.TIME);
                    long[] nanos = Stream.of(site.server()
                                    .get("time", Map.of("queue", queue, "rate", RATE, "seconds", seconds))
                                    .split(" "))
                            .mapToLong(Long::parseLong)
                            .toArray();
                    if (round >= 0) {
                        report.add("p50", peer.name(), "ms", at(nanos, 0.5), under);
                        report.add("p99", peer.name(), "ms", at(nanos, 0.99), under);
                        report.add("p99.9", peer.name(), "ms", at(nanos, 0.999), under);
                    }
                    report.progress(
                            "%s %d messages: p50 %.2f, p99 %.2f, p99.9 %.2f ms",
                            peer.name(), nanos.length, at(nanos, 0.5), at(nanos, 0.99), at(nanos, 0.999));
                }
            }
        }
    }

    private static double at(long[] nanos, double part) {
        return nanos[(int) Math.min(nanos.length - 1, Math.round(nanos.length * part))] / 1e6;
    }
}
