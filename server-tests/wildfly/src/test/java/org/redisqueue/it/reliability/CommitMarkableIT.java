// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.it.reliability.process.FaultPoint.*;

import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.reliability.Ledger.Verdict;
import org.redisqueue.it.reliability.app.Started;
import org.redisqueue.it.reliability.process.FaultPoint;
import org.redisqueue.it.reliability.process.FaultPoint.Fault;
import org.redisqueue.it.reliability.process.Node;

/**
 * Kills a server whose database is a commit-markable resource: the database commits in one phase after Redis has prepared, and
 * thereby decides on the transaction. Recovery commits in Redis if and only if the database has committed. The site is configured with
 * the commands of the documentation.
 */
class CommitMarkableIT {

    private static final long LEASE_MILLIS = 5_000;
    private static final int KILLS = Integer.getInteger("commit-markable.kills", 2);
    private static final int MOST_BETWEEN_KILLS = 60;
    private static final int PASSES = 4; // enough to roll back a branch that no log entry protects
    private static final String UNAVAILABLE = "(Periodic Recovery) Could not handle connection";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static OrderSite site;
    private static Node node;
    private static Report report;
    private static Restart restart;

    @BeforeAll
    static void start() {
        site = OrderSite.withCommitMarkableDatabase();
        node = site.quicklyRecovering("crashing", LEASE_MILLIS);
        report = new Report("commit-markable");
        restart = new Restart(site, node, report);
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    @BeforeEach
    void run() {
        node.ensureRunning();
        site.awaitSettled();
    }

    @Test
    void branchIsCommittedIfTheDatabaseHasCommitted() {
        String body = killedDelivering(BEFORE_COMMIT_SCRIPT);
        assertCommittedInTheDatabaseOnly(body);

        restart.recover("delivery", BEFORE_COMMIT_SCRIPT, "");

        assertEffective(body);
        assertDelivered(1, body);
    }

    @Test
    void branchIsRolledBackIfTheDatabaseHasNotCommitted() {
        rollsBackAfterKillAt(AFTER_LOG, 1);
    }

    @Test
    @Tag("soak")
    void branchIsRolledBackIfNothingIsLogged() {
        rollsBackAfterKillAt(AFTER_PREPARE_SCRIPT, 0);
    }

    private static void rollsBackAfterKillAt(FaultPoint point, int logged) {
        String body = killedDelivering(point);
        assertThat(site.booked(body)).isZero();
        assertThat(site.marks()).isEmpty();
        assertThat(node.transactionLog()).hasSize(logged);
        assertThat(site.orders().prepared()).hasSize(1);

        restart.recover("delivery", point, "");

        assertEffective(body);
        assertDelivered(2, body);
    }

    @Test
    @Tag("soak")
    void branchStaysInDoubtWhileTheDatabaseIsDown() {
        String body = killedDelivering(BEFORE_COMMIT_SCRIPT);
        assertCommittedInTheDatabaseOnly(body);
        site.database().kill();
        try {
            long failed = node.logged(UNAVAILABLE);
            node.start();
            await("recovery looks for the row several times")
                    .atMost(PATIENCE)
                    .until(() -> node.logged(UNAVAILABLE) >= failed + PASSES);
            assertThat(site.orders().prepared()).hasSize(1);
        } finally {
            site.database().restart();
        }
        site.awaitSettled();

        assertEffective(body);
        assertDelivered(1, body);
    }

    @Test
    @Tag("soak")
    void branchIsRolledBackIfTheDatabaseDiesBeforeItsCommit() {
        String body = UUID.randomUUID().toString();
        freezeDelivering(body, AFTER_LOG);
        site.database().kill();
        site.database().restart();
        node.thaw();
        site.awaitSettled();

        assertEffective(body);
        assertDelivered(2, body);
    }

    @Test
    void everyMessageTakesEffectOnceWhenTheServerIsKilledUnderLoad() {
        long seed = Soak.seed();
        Random random = new Random(seed);
        Ledger ledger = new Ledger();
        try (Load load = new Load(site, ledger)) {
            for (int kill = 0; kill < KILLS; kill++) {
                load.awaitMore(1 + random.nextInt(MOST_BETWEEN_KILLS));
                node.kill();
                node.start();
            }
            load.awaitMore(1);
        }
        site.awaitSettled();
        Verdict verdict = ledger.compare(site);
        report.line("%d kills (seed %d): %s", KILLS, seed, verdict);
        assertThat(verdict).as("seed %d", seed).matches(Verdict::isCorrect);
    }

    /** Kills the server at this point of a delivery, and returns the body of the message. */
    private static String killedDelivering(FaultPoint point) {
        String body = UUID.randomUUID().toString();
        freezeDelivering(body, point);
        node.kill();
        return body;
    }

    private static void freezeDelivering(String body, FaultPoint point) {
        node.arm(point, Fault.FREEZE);
        site.orders().push(body);
        node.awaitFrozen();
    }

    private static void assertCommittedInTheDatabaseOnly(String body) {
        assertThat(site.booked(body)).isOne();
        assertThat(site.marks()).hasSize(1);
        assertThat(node.transactionLog()).hasSize(1);
        assertThat(site.orders().prepared()).hasSize(1);
        assertThat(site.done().bodies()).doesNotContain(body);
    }

    private static void assertEffective(String body) {
        assertThat(site.booked(body)).isOne();
        assertThat(site.done().bodies()).containsOnlyOnce(body);
    }

    private static void assertDelivered(int times, String body) {
        assertThat(Started.read(node.lines(Started.FILE)))
                .extracting(Started::body)
                .filteredOn(body::equals)
                .hasSize(times);
    }
}
