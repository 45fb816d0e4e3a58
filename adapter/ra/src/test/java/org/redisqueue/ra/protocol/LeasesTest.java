// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.lease;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.observer.LoggingObserver;
import org.redisqueue.ra.testing.CapturedLog;

class LeasesTest {

    private static final long SHORT = 300;

    private final TestQueue queue = TestQueue.create();
    private final TestQueue other = TestQueue.create();
    private final ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) Executors.newScheduledThreadPool(1);
    private final Leases leases = new Leases(queue.operations(), timer, SHORT, new LoggingObserver()::leaseLost);

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void leaseIsRenewedUntilItIsDropped() {
        Lease lease = leased(queue, "m1");
        double first = queue.due(lease);

        await().until(() -> queue.due(lease) > first + 2 * SHORT);

        leases.drop(lease);
        await().until(() -> !queue.claim(1).messages().isEmpty());
        assertThat(lease.isLost()).isFalse();
    }

    @Test
    void leasesOfSeveralQueuesAreRenewed() {
        Lease one = leased(queue, "m1");
        Lease two = leased(other, "m2");
        double first = queue.due(one);
        double second = other.due(two);

        await().until(() -> queue.due(one) > first && other.due(two) > second);
    }

    @Test
    void lostLeaseIsMarkedAndLogged() {
        try (CapturedLog log = new CapturedLog()) {
            Lease lease = leased(queue, "m1");
            queue.call("ZREM", queue.key("processing"), lease.member());

            await().until(lease::isLost);

            await().until(() -> log.lines()
                    .contains("RQ-308 Queue '" + queue.name
                            + "': the lease of message 'm1' was lost to another consumer. The transaction of this"
                            + " delivery will be rolled back."));
        }
    }

    @Test
    void messageAcknowledgedDuringARenewalIsNotReportedAsLost() {
        try (CapturedLog log = new CapturedLog()) {
            Leases seldom = new Leases(
                    queue.operations(),
                    timer,
                    6_000,
                    new LoggingObserver()::leaseLost); // time enough to drop it before the next renewal
            queue.send("m1");
            ClaimResult claim = queue.claim(1);
            seldom.add(claim.messages());
            Lease lease = lease(claim);
            queue.acknowledge(lease);
            await().until(lease::isLost);

            seldom.drop(lease);

            await().until(() -> timer.getQueue().isEmpty() && timer.getActiveCount() == 0);
            assertThat(log.lines()).noneMatch(line -> line.contains(queue.name));
        }
    }

    @Test
    void timerRestsWithoutLeases() {
        leases.drop(leased(queue, "m1"));

        await().until(() -> timer.getQueue().isEmpty() && timer.getActiveCount() == 0);
    }

    @Test
    void leasesAreIgnoredAfterTheTimerStopped() {
        timer.shutdownNow();

        assertThat(leased(queue, "m1").isLost()).isFalse();
    }

    private Lease leased(TestQueue from, String id) {
        from.send(id);
        ClaimResult claim = from.claim(1, SHORT);
        leases.add(claim.messages());
        return lease(claim);
    }
}
