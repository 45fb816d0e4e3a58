// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.reliability.Ledger.Verdict;
import org.redisqueue.it.reliability.process.Node;

/** Two servers work while one fault follows another; every message takes effect exactly once. */
@Tag("soak")
class SoakIT {

    private static final long LEASE_MILLIS = 5_000;
    private static final int ORDERS_PER_SECOND = 150;
    private static final int SHORTEST_CALM_MILLIS = 1_000;
    private static final int LONGEST_CALM_MILLIS = 4_000;

    private final long seed = Soak.seed();
    private final Random random = new Random(seed);
    private final Report report = new Report("soak");
    private final Report course = new Report("soak-course");
    private final Ledger ledger = new Ledger();
    private final Map<String, Distribution> recoveries = new TreeMap<>();
    private final OrderSite site = new OrderSite();
    private final List<Node> nodes = List.of(site.node("first", LEASE_MILLIS), site.node("second", LEASE_MILLIS));

    @BeforeEach
    void start() {
        nodes.forEach(Node::launch);
        nodes.forEach(Node::awaitStarted);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void everyMessageTakesEffectOnce() {
        course.line("seed %d", seed);
        long begin = System.nanoTime();
        try (Load load = new Load(site, ledger)) {
            load.pace(ORDERS_PER_SECOND);
            Map<String, SiteFaults.Fault> faults =
                    new SiteFaults(site, nodes, LEASE_MILLIS, random).named(Soak.faults());
            faults.keySet().forEach(name -> recoveries.put(name, new Distribution()));
            List<String> round = new ArrayList<>(); // each fault once, in random order
            while (System.nanoTime() - begin < Soak.length().toNanos()) {
                RedisFault.pass(Duration.ofMillis(random.nextInt(SHORTEST_CALM_MILLIS, LONGEST_CALM_MILLIS + 1)));
                if (round.isEmpty()) {
                    round.addAll(faults.keySet());
                    Collections.shuffle(round, random);
                }
                String name = round.remove(0);
                happen(name, faults.get(name));
            }
        }
        double minutes = (System.nanoTime() - begin) / 60e9;
        Verdict verdict;
        try {
            site.awaitSettled();
        } finally {
            verdict = ledger.compare(site);
            report(minutes, verdict);
        }
        assertThat(verdict).as("seed %d", seed).matches(Verdict::isCorrect);
    }

    private void happen(String name, SiteFaults.Fault fault) {
        Recovery recovery = Recovery.watch(site);
        long begin = System.nanoTime();
        try {
            fault.happen(recovery);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("No recovery from " + name + ", seed " + seed, e);
        }
        recoveries.get(name).add(recovery.seconds());
        course.line(
                "%tT %-22s over after %5.1f s, recovered after %5.1f s",
                System.currentTimeMillis(), name, (System.nanoTime() - begin) / 1e9, recovery.seconds());
    }

    private void report(double minutes, Verdict verdict) {
        report.line("seed %d, %.1f minutes: %s", seed, minutes, verdict);
        report.line("%-22s %5s %10s %7s %7s", "fault", "times", "p50 (s)", "p99", "max");
        Distribution all = new Distribution();
        recoveries.forEach((name, times) -> {
            row(name, times);
            times.addTo(all);
        });
        row("all", all);
    }

    private void row(String name, Distribution times) {
        report.line(
                "%-22s %5d %10.1f %7.1f %7.1f",
                name, times.count(), times.percentile(50), times.percentile(99), times.max());
    }
}
