// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.offset;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/**
 * The clock of Redis jumps. A test cannot set it, so a process is told a wrong time before: to this process, the clock has
 * jumped since.
 */
class LeaseShiftsTest {

    private static final long HOUR = 3_600_000;
    private static final long LEASE = 60_000;

    /** What is left of a lease when the clock jumps. */
    private static final long LEFT = 40_000;

    private static final Offset<Double> SOON = offset(20_000.0);

    private final RedisClient client = RedisClient.acquire(TestProperties.of(TestRedis.shared()));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new AdapterThreadFactory("lease-shifts-test"));
    private final TestQueue queue = TestQueue.create();
    private final Process process = new Process();

    /** A process that claims. */
    private final class Process {

        private final RedisCalls calls = new RedisCalls(client, timer, Lanes.PATIENCE, UnaryOperator.identity());
        private final LeaseOperations leases = new LeaseOperations(calls, new LeaseShifts(calls));

        /** Lets the process assume that the clock of Redis will jump by this much, in milliseconds. */
        Process beforeJump(long jump) {
            calls.clock(queue.name).reported((long) queue.now() - jump, TimeUnit.MILLISECONDS, System.nanoTime());
            return this;
        }

        ClaimResult claim() {
            return claim(queue);
        }

        ClaimResult claim(TestQueue from) {
            return result(leases.claim(
                    new ClaimRequest(from.name, 10, LEASE, 10, TestQueue.MAX_BYTES), ClaimingListener.NONE));
        }

        void failToClaim(TestQueue from) {
            assertThatExceptionOfType(RedisCallException.class)
                    .isThrownBy(() -> claim(from))
                    .withMessageContaining("too late");
        }
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
        client.release();
    }

    private static void held(TestQueue queue, String id, double due) {
        queue.call("SET", queue.key("message:" + id), "RQ/1");
        queue.call("ZADD", queue.key("processing"), Double.toString(due), id + " token");
    }

    private double due(String id) {
        return queue.processing().get(id + " token");
    }

    @ParameterizedTest
    @ValueSource(longs = {HOUR, LEASE - 10_000})
    void leasesDoNotEndSoonerIfTheClockJumpsForward(long jump) {
        process.beforeJump(jump);
        held(queue, "held", queue.now() - jump + LEFT);
        held(queue, "ended", queue.now() - jump - 10_000);
        held(queue, "prepared", Double.POSITIVE_INFINITY);

        process.failToClaim(queue);

        assertThat(ids(process.claim())).containsExactly("ended");
        assertThat(due("held")).isCloseTo(queue.now() + LEFT, SOON);
        assertThat(due("prepared")).isInfinite();
    }

    @Test
    void leasesDoNotLastLongerIfTheClockJumpsBack() {
        process.beforeJump(-HOUR);
        held(queue, "held", queue.now() + HOUR + LEFT);
        held(queue, "later", queue.now() + LEFT);
        held(queue, "prepared", Double.POSITIVE_INFINITY);

        assertThat(ids(process.claim())).isEmpty(); // its reply shows the jump
        assertThat(ids(process.claim())).isEmpty();

        assertThat(due("held")).isCloseTo(queue.now() + LEFT, SOON);
        assertThat(due("later")).isCloseTo(queue.now() + LEFT, SOON);
        assertThat(due("prepared")).isInfinite();
    }

    @Test
    void leaseThatHasEndedSinceTheJumpBackIsClaimed() {
        process.beforeJump(-HOUR);
        held(queue, "ended", queue.now() + HOUR - 10_000);

        assertThat(ids(process.claim())).isEmpty();

        await().untilAsserted(() -> assertThat(ids(process.claim())).containsExactly("ended"));
    }

    @Test
    void jumpBackThatIsShorterThanALeaseChangesNothing() {
        process.beforeJump(-LEASE / 2);
        held(queue, "held", queue.now() + LEFT);
        double before = due("held");

        process.claim();
        process.claim();

        assertThat(due("held")).isEqualTo(before);
    }

    @Test
    void redeliveriesFollowTheClock() {
        process.beforeJump(HOUR);
        queue.call("SET", queue.key("message:due"), "RQ/1");
        queue.call("ZADD", queue.key("processing"), Double.toString(queue.now() - 1_000), "due -");

        process.failToClaim(queue);

        assertThat(ids(process.claim())).containsExactly("due");
    }

    @Test
    void otherProcessesDoNotExtendALeaseBeyondALeaseFromNow() {
        Process another = new Process().beforeJump(HOUR);
        process.beforeJump(HOUR);
        held(queue, "held", queue.now() - HOUR + LEFT);

        process.failToClaim(queue);
        process.claim();
        another.failToClaim(queue);
        another.claim();

        assertThat(due("held")).isLessThanOrEqualTo(queue.now() + LEASE);
    }

    @Test
    void leaseIsNeverExtendedBeyondALeaseFromNow() {
        process.beforeJump(HOUR);
        held(queue, "long", queue.now() - 1_000);

        process.failToClaim(queue);
        process.claim();

        assertThat(due("long")).isLessThanOrEqualTo(queue.now() + LEASE);
    }

    @Test
    void queueThatIsNewToTheProcessIsNotShifted() {
        TestQueue other = TestQueue.create();
        process.beforeJump(HOUR);
        process.failToClaim(other);
        process.claim(other); // notices the jump
        held(queue, "new", queue.now() - 1_000); // of a queue that the process has not used before

        assertThat(ids(process.claim())).containsExactly("new");
    }

    @Test
    void queueThatIsFirstUsedBeforeTheJumpIsKnownIsShifted() {
        TestQueue other = TestQueue.create();
        process.beforeJump(HOUR);
        held(queue, "held", queue.now() - HOUR + LEFT);
        process.failToClaim(other);

        assertThat(ids(process.claim())).isEmpty();
        assertThat(due("held")).isCloseTo(queue.now() + LEFT, SOON);
    }

    @Test
    void oneQueueNoticesTheJumpForAllOthers() {
        TestQueue other = TestQueue.create();
        process.beforeJump(HOUR);
        held(other, "held", other.now() - HOUR + LEFT);
        process.failToClaim(other);
        process.claim(); // notices the jump

        assertThat(ids(process.claim(other))).isEmpty();
        assertThat(other.processing().get("held token")).isCloseTo(other.now() + LEFT, SOON);
    }

    @Test
    void claimThatFailsForAnotherReasonShiftsNothing() {
        process.claim();
        held(queue, "held", queue.now() + LEFT);
        held(queue, "ended", queue.now() - 1);
        double before = due("held");
        process.calls.clock(queue.name).distrust();

        assertThat(ids(process.claim())).containsExactly("ended");
        assertThat(due("held")).isEqualTo(before);
    }

    @Test
    void manyLeasesAreShifted() {
        process.beforeJump(HOUR);
        for (int i = 0; i < 2_500; i++) {
            queue.call("ZADD", queue.key("processing"), Double.toString(queue.now() - HOUR + LEFT), i + " token");
        }

        process.failToClaim(queue);
        process.claim();

        assertThat(queue.processing()).hasSize(2_500);
        assertThat(queue.processing().values()).allMatch(due -> due > queue.now());
    }

    @Test
    void shiftIsLogged() {
        process.beforeJump(HOUR);
        held(queue, "held", queue.now() - HOUR + LEFT);
        try (CapturedLog log = new CapturedLog()) {
            process.failToClaim(queue);
            process.claim();

            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("RQ-213"))
                    .singleElement()
                    .asString()
                    .matches("RQ-213 Queue '" + queue.name
                            + "': the clock of Redis has jumped by 3[56]\\d{5} ms, or this server was suspended\\."
                            + " Shifted leases: 1\\.");
        }
    }
}
