// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.redisqueue.benchmark.cycle.CycleBenchmark;
import org.redisqueue.benchmark.cycle.GrowthBenchmark;
import org.redisqueue.benchmark.cycle.RecoveryBenchmark;
import org.redisqueue.benchmark.delivery.DeliveryBenchmark;
import org.redisqueue.benchmark.delivery.LatencyBenchmark;
import org.redisqueue.benchmark.delivery.SendBenchmark;
import org.redisqueue.benchmark.scale.DeploymentBenchmark;
import org.redisqueue.benchmark.scale.ScaleBenchmark;

/** Runs the selected benchmarks, one after the other. */
public final class Benchmarks {

    private static final List<Logger> QUIET = Stream.of("org.redisson", "org.redisqueue", "io.zonky")
            .map(Logger::getLogger)
            .toList();

    private interface Case {
        void run(Settings settings, Report report) throws Exception;
    }

    private Benchmarks() {}

    /** Runs the benchmarks with the settings in system properties. */
    public static void main(String[] arguments) {
        QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
        try {
            measure();
            System.exit(0); // Redis and the servers end with this JVM
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static void measure() throws Exception {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("delivery", DeliveryBenchmark::run);
        cases.put("latency", LatencyBenchmark::run);
        cases.put("send", SendBenchmark::run);
        cases.put("cycle", CycleBenchmark::run);
        cases.put("growth", GrowthBenchmark::run);
        cases.put("recovery", RecoveryBenchmark::run);
        cases.put("deployments", DeploymentBenchmark::run);
        cases.put("scale", ScaleBenchmark::run);
        Settings settings = Settings.ofSystemProperties(cases.keySet());
        Path results = settings.directory().resolve("results.json");
        Report report = new Report(results, System.out);
        report.note(
                "%d processors, Java %s, %s %s",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.version"));
        try {
            for (Map.Entry<String, Case> next : cases.entrySet()) {
                if (settings.cases().contains(next.getKey())) {
                    report.begin(next.getKey());
                    next.getValue().run(settings, report);
                }
            }
        } finally {
            report.print();
        }
        if (Files.exists(results)) {
            Plots.draw(results);
        }
    }
}
