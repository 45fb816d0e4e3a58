// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.redisqueue.benchmark.Report;
import org.redisqueue.benchmark.Settings;
import org.redisqueue.benchmark.app.Work;
import org.redisqueue.benchmark.process.RedisServer.Durability;
import org.redisqueue.benchmark.process.WildFly;

/** Measures the time of a message from the sending call to the listener, without other load. */
public final class LatencyBenchmark {

    private static final int LISTENERS = 15;
    private static final int RATE = 100;
    private static final int WARM_UP_RATE = 300; // at a hundred per second, compiling the code would take minutes
    private static final int WARM_UP_RUNS = 2;
    private static final int RUNS_IN_ONE = 4; // p99.9 needs more than a thousand messages

    private LatencyBenchmark() {}

    public static void run(Settings settings, Report report) {
        int seconds = (int) settings.run().toSeconds() * RUNS_IN_ONE;
        Map<String, String> under = Map.of("rate", RATE + "/s", "payload", "200 B");
        try (Site site = new Site(settings, LISTENERS, List.of(Work.TIME), report)) {
            Map<String, IntFunction<long[]>> timings = new LinkedHashMap<>();
            for (Durability durability : Durability.values()) {
                timings.put(
                        BareRoundTrips.name(durability),
                        rate -> BareRoundTrips.time(site.redis(), durability, rate, seconds));
            }
            timings.keySet().removeIf(name -> !settings.hasPeer(name));
            site.peers().stream()
                    .filter(peer -> peer.has(Work.TIME))
                    .forEach(peer -> timings.put(peer.name(), rate -> time(site.server(), peer, rate, seconds)));
            for (int round = -WARM_UP_RUNS; round < settings.rounds(); round++) {
                for (Map.Entry<String, IntFunction<long[]>> timing : timings.entrySet()) {
                    String peer = timing.getKey();
                    long[] nanos = timing.getValue().apply(round < 0 ? WARM_UP_RATE : RATE);
                    if (round >= 0) {
                        report.add("p50", peer, "ms", at(nanos, 0.5), under);
                        report.add("p99", peer, "ms", at(nanos, 0.99), under);
                        report.add("p99.9", peer, "ms", at(nanos, 0.999), under);
                    }
                    report.progress(
                            "%s%s %d messages: p50 %.2f, p99 %.2f, p99.9 %.2f ms",
                            round < 0 ? "warm-up " : "",
                            peer,
                            nanos.length,
                            at(nanos, 0.5),
                            at(nanos, 0.99),
                            at(nanos, 0.999));
                }
            }
        }
    }

    private static long[] time(WildFly server, Peer peer, int rate, int seconds) {
        peer.prepare();
        String answer = server.get("time", Map.of("queue", peer.queue(Work.TIME), "rate", rate, "seconds", seconds));
        return Stream.of(answer.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    private static double at(long[] nanos, double part) {
        return nanos[(int) Math.ceil(nanos.length * part) - 1] / 1e6;
    }
}
