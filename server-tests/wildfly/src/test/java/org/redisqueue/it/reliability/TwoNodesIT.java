// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.reliability.Ledger.Verdict;
import org.redisqueue.it.reliability.app.BookingListener;
import org.redisqueue.it.reliability.app.Bookings;
import org.redisqueue.it.reliability.app.Started;
import org.redisqueue.it.reliability.process.Node;

/** Two servers share a queue. When one of them dies or freezes, the other one delivers its messages. */
class TwoNodesIT {

    private static final long LEASE_MILLIS = 5_000;
    private static final double LATEST = LEASE_MILLIS / 1e3 + 1;
    private static final int KILLS = 3;
    private static final int FLOOD = 200; // keeps both servers busy when one of them freezes
    private static final int HELD = 60; // enough for both servers to have claimed some when one of them is killed
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int LEISURELY = 5; // messages per second, so that the survivor has idle listeners
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final Report report = new Report("two-nodes");

    private static OrderSite site;
    private static List<Node> nodes;

    private final Ledger ledger = new Ledger();
    private final Distribution failovers = new Distribution();
    private int kills;

    @BeforeAll
    static void start() {
        site = new OrderSite();
        nodes = List.of(site.node("first", LEASE_MILLIS), site.node("second", LEASE_MILLIS));
        nodes.forEach(Node::launch);
        nodes.forEach(Node::awaitStarted);
    }

    @AfterEach
    void clear() {
        site.clear();
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    @Test
    void messagesOfADeadServerAreClaimedByAnotherWhenTheLeaseEnds() {
        try (Load load = new Load(site, ledger)) {
            while (kills < KILLS) {
                kill(nodes.get(kills % 2), load);
            }
            load.awaitMore(100);
        }
        check();
    }

    @Test
    void workOfAServerFrozenBeyondItsLeaseHasNoEffect() {
        try (Load load = new Load(site, ledger)) {
            for (Node node : nodes) {
                load.flood(BookingListener.PASSED_ON, FLOOD);
                load.awaitMore(FLOOD / 4);
                node.freeze();
                try {
                    RedisFault.pass(Duration.ofMillis(LEASE_MILLIS + 1_000));
                } finally {
                    node.thaw();
                }
                load.awaitMore(FLOOD);
            }
        }
        site.awaitSettled();
        Verdict verdict = ledger.compare(site);
        report.line("both frozen in turn; %s", verdict);
        assertThat(verdict).matches(Verdict::isCorrect);
    }

    @Test
    @Tag("soak")
    void everyMessageTakesEffectOnceWhenServersAreKilledRepeatedly() {
        long seed = Soak.seed();
        report.line("seed %d", seed);
        Random random = new Random(seed);
        try (Load load = new Load(site, ledger)) {
            long end = System.nanoTime() + LONG.toNanos();
            while (System.nanoTime() < end) {
                RedisFault.pass(Duration.ofMillis(random.nextInt(5_000)));
                kill(nodes.get(random.nextInt(nodes.size())), load);
            }
            load.awaitMore(100);
        }
        check();
    }

    /**
     * Whether a server has started a booking since then that is not in the database. The lock waits for earlier
     * bookings, and later ones wait for the lock, so all listeners may have started theirs before the lock is granted.
     */
    private static boolean hasUnfinishedBookings(Node node, long since) {
        return Started.read(node.lines(Started.FILE)).stream()
                .anyMatch(started -> started.millis() >= since
                        && started.body().startsWith(Load.BOOKED)
                        && site.booked(started.body()) == 0);
    }

    private void kill(Node node, Load load) {
        Node other = nodes.get(1 - nodes.indexOf(node));
        load.awaitMore(FLOOD);
        load.pace(LEISURELY);
        AtomicReference<Failover> failover = new AtomicReference<>();
        long asked = System.currentTimeMillis();
        site.database().whileHeld(Bookings.TABLE, () -> {
            load.flood(Load.BOOKED, HELD);
            await(node + " has started bookings that it cannot finish")
                    .atMost(PATIENCE)
                    .until(() -> hasUnfinishedBookings(node, asked));
            failover.set(Failover.afterKilling(site, node, other, LEASE_MILLIS));
        });
        failover.get().await().forEach(failovers::add);
        kills++;
        node.start();
        load.pace(0);
    }

    private void check() {
        site.awaitSettled();
        Verdict verdict = ledger.compare(site);
        report.line(
                "%d kills, %d messages redelivered by the other server: delay p50 %.2f s, max %.2f s; %s",
                kills, failovers.count(), failovers.percentile(50), failovers.max(), verdict);
        assertThat(verdict).matches(Verdict::isCorrect);
        assertThat(failovers.count()).as("delivered by the other server").isPositive();
        assertThat(failovers.max()).isLessThanOrEqualTo(LATEST);
    }
}
