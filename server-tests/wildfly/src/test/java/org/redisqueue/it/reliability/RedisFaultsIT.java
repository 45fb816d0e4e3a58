// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisqueue.it.reliability.Ledger.Verdict;

/** Each fault of Redis occurs while 15 listeners are working; every message takes effect exactly once. */
class RedisFaultsIT {

    private static final long LEASE_MILLIS = 3_000;
    private static final Duration LENGTH = Duration.ofSeconds(4); // longer than a lease
    private static final Report report = new Report("redis-faults");

    private static OrderSite site;

    private final Ledger ledger = new Ledger();

    @BeforeAll
    static void start() {
        site = new OrderSite();
        site.node("node", LEASE_MILLIS).start();
    }

    @AfterEach
    void clear() {
        site.clear();
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyMessageTakesEffectOnce(RedisFault fault) {
        Recovery recovery;
        try (Load load = new Load(site, ledger)) {
            load.awaitMore(300);
            recovery = Recovery.watch(site);
            fault.happen(site.redis(), site.wire(), LENGTH);
            recovery.causeEnded();
            recovery.await();
            load.awaitMore(300);
        }
        site.awaitSettled();
        Verdict verdict = ledger.compare(site);
        report.line("%-16s %s; recovered after %.1f s", fault, verdict, recovery.seconds());
        assertThat(verdict).matches(Verdict::isCorrect);
    }
}
