// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.testing.ReplicatedRedis;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/**
 * A transaction consumes a message from one server of a cluster and sends one to another. Between two of its steps, its
 * process dies together with the master of either queue. Everything settles without intervention.
 */
class ForwardingCrashPointsTest {

    /** Whether both masters are killed at each step, instead of the two in turn. */
    private static final boolean ALL = Boolean.getBoolean("forwarding.all");

    private static final Duration SETTLED = Duration.ofSeconds(30);
    private static final Duration FAILED_OVER = Duration.ofSeconds(30);

    private static ReplicatedRedis redis;
    private static RedisClient client;
    private static ScheduledExecutorService timer;

    /** A process that lives. */
    private static QueueOperations operations;

    /** The parts of a process that dies: it does not forward on its own. */
    private static RedisCalls calls;

    private static OnePhaseOperations dying;
    private static BranchOperations dyingBranches;

    private final String branch = UUID.randomUUID().toString();
    private TestQueue home;
    private TestQueue away;
    private TestRedis homeMaster;
    private TestRedis awayMaster;
    private Lease consumed;

    /** The last step before the death. */
    private enum Step {
        CONSUMED,
        COMMITTED,
        PREPARED,
        DECIDED,
        COMMITTED_IN_TWO_PHASES,
        CLAIMED,
        SENT,
        DELETED;

        boolean mustSend() {
            return this != CONSUMED && this != PREPARED;
        }
    }

    @BeforeAll
    static void start() {
        redis = ReplicatedRedis.cluster();
        TestProperties properties = redis.properties();
        properties.setWaitReplicas(1);
        properties.setWaitReplicasTimeout(500);
        properties.setResponseTimeout(1_000);
        client = RedisClient.acquire(properties);
        timer = Executors.newSingleThreadScheduledExecutor(new AdapterThreadFactory("crash-points"));
        operations = new QueueOperations(client, timer);
        operations.connect();
        calls = new RedisCalls(client, timer, Lanes.PATIENCE, UnaryOperator.identity());
        dying = new OnePhaseOperations(calls);
        dyingBranches = new BranchOperations(calls, new DeduplicationOperations(calls));
        long scan = QueueOperations.FORWARDING_INTERVAL.toMillis();
        timer.scheduleWithFixedDelay(operations::forwardLeft, scan, scan, TimeUnit.MILLISECONDS);
    }

    @AfterAll
    static void stop() {
        timer.shutdownNow();
        client.release();
        redis.close();
    }

    @BeforeEach
    void consume() {
        redis.awaitReplicas();
        List<TestRedis> masters = redis.masters();
        homeMaster = masters.get(0);
        awayMaster = masters.get(1);
        home = queueOn(homeMaster);
        away = queueOn(awayMaster);
        retry(() -> result(new SharedNames(calls, calls.keys().outboxes()).require("test", home.name)));
        retry(() -> home.send("consumed"));
        consumed = retry(() -> lease(home.claim(1)));
    }

    /** A queue whose keys are on this master. */
    private static TestQueue queueOn(TestRedis master) {
        while (true) {
            TestQueue queue = TestQueue.create(master, operations);
            try {
                master.call("GET", queue.key("ready"));
                return queue;
            } catch (RuntimeException e) { // MOVED
            }
        }
    }

    /** Not all servers may know of the last failover yet. */
    private static <T> T retry(Callable<T> call) {
        return await().atMost(FAILED_OVER)
                .ignoreExceptions()
                .until(() -> Optional.ofNullable(call.call()), found -> true)
                .orElse(null);
    }

    private void proceedTo(Step last) throws MalformedMessageException {
        List<SendRequest> envelope = List.of(Envelope.seal(home.name, away.message("sent")));
        switch (last) {
            case CONSUMED -> {}
            case COMMITTED, CLAIMED, SENT, DELETED ->
                assertThat(result(dying.acknowledge(List.of(consumed), envelope))
                                .done())
                        .isTrue();
            case PREPARED, DECIDED, COMMITTED_IN_TWO_PHASES ->
                assertThat(result(dyingBranches.prepare(branch, home.name, List.of(consumed), envelope))
                                .done())
                        .isTrue();
        }
        if (last == Step.COMMITTED_IN_TWO_PHASES) {
            result(dyingBranches.commit(branch, home.name, false));
        }
        if (last.compareTo(Step.CLAIMED) >= 0) {
            ClaimedMessage claimed = result(new LeaseOperations(calls, new LeaseShifts(calls))
                            .claimConfirmed(new ClaimRequest(
                                    OutboxName.of(home.name), 1, Outbox.LEASE_MILLIS, 10, TestQueue.MAX_BYTES)))
                    .messages()
                    .get(0);
            if (last != Step.CLAIMED) {
                result(dying.acknowledge(List.of(), List.of(Envelope.open(claimed))));
            }
            if (last == Step.DELETED) {
                result(dying.acknowledge(List.of(claimed.lease()), List.of()));
            }
        }
    }

    /** What recovery does, again and again until it succeeds. */
    private void recover(Step last) {
        if (last == Step.PREPARED || last == Step.DECIDED) {
            retry(() -> result(
                    last == Step.DECIDED
                            ? operations.commit(branch, home.name, true)
                            : operations.rollback(branch, home.name, true, 0)));
        }
    }

    private static Stream<Arguments> deaths() {
        List<Arguments> deaths = new ArrayList<>();
        for (Step step : Step.values()) {
            for (boolean ofHome : ALL ? new boolean[] {true, false} : new boolean[] {step.ordinal() % 2 == 0}) {
                deaths.add(Arguments.of(step, ofHome));
            }
        }
        return deaths.stream();
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void everythingSettles(Step last, boolean ofHome) throws MalformedMessageException {
        proceedTo(last);
        TestRedis killed = ofHome ? homeMaster : awayMaster;
        killed.kill();
        await("a replica in its place")
                .atMost(FAILED_OVER)
                .until(() -> redis.masters().size() == 3);
        killed.restart();
        recover(last);

        await().atMost(SETTLED).ignoreExceptions().untilAsserted(() -> {
            InspectionResult there = result(operations.inspect(away.name, 0));
            InspectionResult outbox = result(operations.inspect(OutboxName.of(home.name), 0));
            assertThat(there.counts().ready()).isEqualTo(last.mustSend() ? 1 : 0);
            assertThat(outbox.counts().ready() + outbox.counts().processing()).isZero();
        });
        InspectionResult here = result(operations.inspect(home.name, 0));
        assertThat(here.counts().ready() + here.counts().processing()).isEqualTo(last.mustSend() ? 0 : 1);
    }
}
