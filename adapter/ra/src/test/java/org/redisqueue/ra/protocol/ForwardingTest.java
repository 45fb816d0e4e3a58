// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Transactions in a cluster that send to queues in other slots than their home queue. */
class ForwardingTest {

    private static TestRedis redis;
    private static RedisClient client;
    private static ScheduledExecutorService timer;

    /** The parts of a process that dies at some point: it commits, but does not forward on its own. */
    private static RedisCalls calls;

    private static OnePhaseOperations dying;

    private final QueueOperations operations = TestQueue.operationsOf(client);
    private final TestQueue home = TestQueue.create(redis, operations);
    private final TestQueue away = TestQueue.create(redis, operations);
    private final TestQueue outbox = TestQueue.named(OutboxName.of(home.name), redis, operations);
    private final String branch = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        redis = TestRedis.startCluster();
        TestProperties properties = TestProperties.of(redis);
        properties.setMode("cluster");
        client = RedisClient.acquire(properties);
        client.redisson();
        timer = Executors.newSingleThreadScheduledExecutor(new AdapterThreadFactory("forwarding-test"));
        calls = new RedisCalls(client, timer, Lanes.PATIENCE, UnaryOperator.identity());
        dying = new OnePhaseOperations(calls);
    }

    @AfterAll
    static void stop() {
        timer.shutdownNow();
        client.release();
        redis.close();
    }

    @BeforeEach
    void registerTheOutbox() {
        result(new SharedNames(calls, "rq:outboxes").require("test", home.name));
    }

    private AcknowledgmentResult commit(List<Lease> consumed, SendRequest... sent) {
        return result(operations.acknowledge(consumed, List.of(sent)));
    }

    /** Lets a process commit that dies before it forwards. */
    private void commitAndDie(List<Lease> consumed, SendRequest... sent) {
        List<SendRequest> stored = new ArrayList<>();
        for (SendRequest message : sent) {
            stored.add(message.queue().equals(home.name) ? message : Envelope.seal(home.name, message));
        }
        assertThat(result(dying.acknowledge(consumed, stored)).done()).isTrue();
    }

    /** Lets a process claim an envelope. */
    private ClaimedMessage claimed() {
        return outbox.claim(1).messages().get(0);
    }

    /** Lets another process do what it does every few seconds. */
    private void scan() {
        redis.call("DEL", "rq:forwarder");
        result(operations.forwardLeft());
    }

    private static long scriptCalls() {
        String info = (String) redis.call("INFO", "commandstats");
        return info.lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+).*", "$1")))
                .sum();
    }

    private void awaitForwarded() {
        await().untilAsserted(() -> assertThat(outbox.everything().keySet())
                .allMatch(key -> key.contains(":lane:") || key.endsWith(":sequence")));
    }

    private static void assertValue(TestQueue queue, String id) {
        assertThat(queue.call("GET", queue.key("message:" + id))).isEqualTo("value of " + id);
    }

    // The usual course

    @Test
    void messagesAreVisibleEverywhereWhenTheTransactionHasCommitted() {
        Lease lease = home.held("m1");

        AcknowledgmentResult committed = commit(List.of(lease), home.message("here"), away.message("there"));

        assertThat(committed.done()).isTrue();
        assertThat(home.ready()).containsExactly("here");
        assertThat(away.ready()).containsExactly("there");
        assertValue(away, "there");
        assertThat(home.processing()).isEmpty();
        awaitForwarded();
    }

    @Test
    void transactionWhoseLeaseIsLostSendsNothing() {
        Lease lease = home.held("m1");
        home.letTimePass(lease);
        home.claim(1);

        assertThat(commit(List.of(lease), away.message("there")).lost()).containsExactly(lease);

        assertThat(away.ready()).isEmpty();
        awaitForwarded();
    }

    @Test
    void messagesAreSentWithoutATransaction() {
        assertThat(result(operations.send(List.of(home.message("here"), away.message("there")))))
                .isEmpty();

        assertThat(home.ready()).containsExactly("here");
        assertThat(away.ready()).containsExactly("there");
    }

    @Test
    void preparedBranchSendsWhenItCommits() {
        Lease lease = home.held("m1");

        assertThat(home.prepare(branch, List.of(lease), home.message("here"), away.message("there")))
                .isEmpty();
        assertThat(away.everything()).isEmpty();
        assertThat(outbox.ready()).isEmpty();
        assertThat(home.commit(branch)).isTrue();

        assertThat(home.ready()).containsExactly("here");
        assertThat(away.ready()).containsExactly("there");
        awaitForwarded();
    }

    @Test
    void preparedBranchSendsNothingWhenItRollsBack() {
        home.prepare(branch, List.of(home.held("m1")), away.message("there"));

        assertThat(home.rollback(branch, 0)).isTrue();

        awaitForwarded();
        assertThat(away.everything()).isEmpty();
    }

    @Test
    void forgottenBranchLeavesADeadLetterInTheOutbox() {
        home.prepare(branch, List.of(home.held("m1")), away.message("there"));

        assertThat(home.forget(branch)).isTrue();

        assertThat(home.dead()).containsExactly("m1");
        assertThat(outbox.dead()).hasSize(1);
        assertThat(away.everything()).isEmpty();
        outbox.everything().keySet().forEach(key -> redis.call("DEL", key));
    }

    @Test
    void messageKeepsItsOptions() {
        SendOptions options = new SendOptions(60_000, 0, new Deduplication("key", 5_000, false), "group", 7);
        SendRequest message =
                new SendRequest(away.name, "there", "value".getBytes(StandardCharsets.UTF_8), 30_000, options);

        commit(List.of(home.held("m1")), message);

        assertThat(away.scheduled()).containsKey("there");
        assertThat(away.scheduled().get("there") - away.now()).isBetween(50_000.0, 60_000.0);
        assertThat(away.expiry().get("there") - away.scheduled().get("there")).isEqualTo(30_000.0);
        assertThat(away.call("GET", away.key("dedup:key"))).isEqualTo("there");
        assertThat(away.hash("attributes").get("there")).contains("group");
    }

    @Test
    void transactionsOfSeveralThreadsAreForwarded() {
        List<Lease> leases = home.held("m1", "m2", "m3", "m4", "m5", "m6");

        List<CompletableFuture<AcknowledgmentResult>> commits = leases.parallelStream()
                .map(lease -> operations.acknowledge(List.of(lease), List.of(away.message("from" + lease.id()))))
                .toList();
        commits.forEach(commit -> assertThat(result(commit).done()).isTrue());

        assertThat(away.ready()).containsExactlyInAnyOrder("fromm1", "fromm2", "fromm3", "fromm4", "fromm5", "fromm6");
    }

    @Test
    void messagesOfAGroupAreForwardedInSequence() {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            sent.add("g" + i);
        }
        List<SendRequest> messages =
                sent.stream().map(id -> away.grouped("group", id)).toList();
        commitAndDie(home.held("m1", "m2"), messages.toArray(SendRequest[]::new));

        scan();

        List<String> received = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            for (List<String> next = ids(away.claim(1)); !next.isEmpty(); next = ids(away.claim(1))) {
                received.addAll(next);
                away.processing().keySet().forEach(member -> away.acknowledge(leaseOf(member)));
            }
            assertThat(received).hasSize(sent.size());
        });
        assertThat(received).containsExactlyElementsOf(sent);
    }

    private Lease leaseOf(String member) {
        int space = member.indexOf(' ');
        return new Lease(
                away.name,
                member.substring(0, space),
                member.substring(space + 1),
                ClaimingListener.NONE,
                Long.MAX_VALUE);
    }

    @Test
    void manyMessagesAreForwarded() {
        List<SendRequest> messages = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            messages.add(away.message("m" + i));
        }
        commitAndDie(home.held("m1", "m2"), messages.toArray(SendRequest[]::new));

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            scan();
            assertThat((Long) away.call("LLEN", away.key("ready"))).isEqualTo(2_500);
        });
        awaitForwarded();
    }

    /** Without a scan, and before the lease of an envelope ends. */
    @Test
    void manyMessagesOfOneTransactionAreForwardedAtOnce() {
        List<SendRequest> messages = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            messages.add(away.message("m" + i));
        }

        assertThat(commit(List.of(home.held("m1")), messages.toArray(SendRequest[]::new))
                        .done())
                .isTrue();

        await().atMost(Duration.ofMillis(Outbox.LEASE_MILLIS))
                .untilAsserted(() ->
                        assertThat((Long) away.call("LLEN", away.key("ready"))).isEqualTo(2_500));
        awaitForwarded();
    }

    @Test
    void largeMessagesAreForwarded() {
        SendRequest[] messages = new SendRequest[30];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = new SendRequest(away.name, "m" + i, new byte[1_000_000], 0);
        }
        commitAndDie(home.held("m1", "m2"), messages);

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            scan();
            assertThat((Long) away.call("LLEN", away.key("ready"))).isEqualTo(messages.length);
        });
        awaitForwarded();
        away.everything().keySet().forEach(key -> redis.call("DEL", key));
    }

    @Test
    void messagesWaitWhileTheOutboxIsPaused() {
        outbox.call("SET", outbox.key("paused"), "0");
        long before = scriptCalls();

        assertThat(commit(List.of(home.held("m1")), away.message("there")).done())
                .isTrue();
        scan();

        assertThat(away.everything()).isEmpty();
        assertThat(scriptCalls() - before).as("calls of scripts").isLessThan(20);
        outbox.call("DEL", outbox.key("paused"));
        scan();
        assertThat(away.ready()).containsExactly("there");
        awaitForwarded();
    }

    @Test
    void limitsOfAnOutboxCauseNoLoop() {
        outbox.call("HSET", outbox.key("settings"), "maxQueueConcurrency", "nonsense");
        long before = scriptCalls();

        assertThat(commit(List.of(home.held("m1")), away.message("one"), away.message("two"))
                        .done())
                .isTrue();

        assertThat(scriptCalls() - before).as("calls of scripts").isLessThan(20);
        outbox.call("DEL", outbox.key("settings"), outbox.key("slots"));
        await().untilAsserted(() -> {
            scan();
            assertThat(away.ready()).containsExactlyInAnyOrder("one", "two");
        });
        awaitForwarded();
    }

    @Test
    void nameThatCannotBeThatOfAQueueIsNotLookedAt() {
        redis.call("SADD", "rq:outboxes", "forged}:x");
        TestQueue.named(OutboxName.of("forged}:x"), redis, operations).send("bad");

        scan();

        assertThat(TestQueue.named(OutboxName.of("forged}:x"), redis, operations)
                        .ready())
                .containsExactly("bad");
        redis.call("SREM", "rq:outboxes", "forged}:x");
    }

    @Test
    void transactionIsNotExecutedIfItsOutboxCannotBeRegistered() {
        Lease lease = home.held("m1");
        redis.call("DEL", "rq:outboxes");
        redis.call("SET", "rq:outboxes", "no set");
        try {
            assertThatExceptionOfType(RedisCallException.class)
                    .isThrownBy(() -> commit(List.of(lease), away.message("there")))
                    .withMessageContaining("'acknowledge' was not executed: '" + home.name + "' could not be added to")
                    .matches(failure -> !failure.outcomeUnknown());
            assertThatExceptionOfType(RedisCallException.class)
                    .isThrownBy(() -> home.prepare(branch, List.of(lease), away.message("there")))
                    .matches(failure -> !failure.outcomeUnknown());
        } finally {
            redis.call("DEL", "rq:outboxes");
        }
        assertThat(commit(List.of(lease), away.message("there")).done()).isTrue();
    }

    @Test
    void claimWhoseLeaseAFailoverHasLostIsNotUsed() {
        commitAndDie(List.of(home.held("m1")), away.message("one"), away.message("two"));
        ClaimRequest request = new ClaimRequest(outbox.name, 2, Outbox.LEASE_MILLIS, 10, TestQueue.MAX_BYTES);
        LeaseOperations leases = new LeaseOperations(calls, new LeaseShifts(calls));
        ClaimResult claimed = result(leases.claimConfirmed(request));
        Lease lost = lease(claimed);
        outbox.call("ZREM", outbox.key("processing"), lost.member());

        assertThat(ids(result(leases.confirmed(request, claimed)))).hasSize(1).doesNotContain(lost.id());
    }

    // Messages that a destination does not want

    @Test
    void messageWhoseIdIsInUseIsReported() {
        away.send("there");
        try (CapturedLog log = new CapturedLog()) {
            commit(List.of(home.held("m1")), away.message("there"));

            assertThat(log.lines()).anyMatch(line -> line.startsWith("RQ-401") && line.contains("there"));
        }
        assertThat(away.ready()).containsExactly("there");
        awaitForwarded();
    }

    @Test
    void messageWhoseDeduplicationKeyIsTakenIsDropped() {
        away.call("SET", away.key("dedup:key"), "first", "PX", "60000");
        SendRequest message = new SendRequest(
                away.name,
                "second",
                new byte[1],
                0,
                new SendOptions(0, 0, new Deduplication("key", 60_000, false), null));
        try (CapturedLog log = new CapturedLog()) {
            commit(List.of(home.held("m1")), message);

            assertThat(log.lines()).anyMatch(line -> line.startsWith("RQ-413") && line.contains("first"));
        }
        assertThat(away.ready()).isEmpty();
        assertThat(operations.deduplication().dropped()).isEqualTo(1);
        awaitForwarded();
    }

    @Test
    void malformedEnvelopeBecomesADeadLetterAndDoesNotHoldUpOthers() {
        outbox.send("bad");
        try (CapturedLog log = new CapturedLog()) {
            commit(List.of(home.held("m1")), away.message("there"));

            assertThat(away.ready()).containsExactly("there");
            await().untilAsserted(() -> assertThat(outbox.dead()).containsExactly("bad"));
            assertThat(log.lines()).anyMatch(line -> line.startsWith("RQ-417") && line.contains(home.name));
            assertThat(log.lines()).noneMatch(line -> line.contains("value of"));
        }
        outbox.everything().keySet().forEach(key -> redis.call("DEL", key));
    }

    @Test
    void destinationThatRefusesDoesNotHoldUpOthers() {
        TestQueue broken = TestQueue.create(redis, operations);
        broken.call("SET", broken.key("ready"), "no list");
        try (CapturedLog log = new CapturedLog()) {
            AcknowledgmentResult committed =
                    commit(List.of(home.held("m1")), broken.message("stuck"), away.message("there"));

            assertThat(committed.done()).isTrue();
            assertThat(away.ready()).containsExactly("there");
            assertThat(log.lines())
                    .anyMatch(line ->
                            line.startsWith("RQ-416") && line.contains(broken.name) && line.contains("WRONGTYPE"));
        }
        broken.call("DEL", broken.key("ready"));

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            outbox.processing().keySet().forEach(outbox::letTimePass);
            scan();
            assertThat(broken.ready()).containsExactly("stuck");
        });
        awaitForwarded();
    }

    @Test
    void groupsOfDifferentDestinationsAreIndependent() {
        TestQueue broken = TestQueue.create(redis, operations);
        broken.call("SET", broken.key("ready"), "no list");

        commit(List.of(home.held("m1")), broken.grouped("customer", "stuck"), away.grouped("customer", "there"));

        assertThat(away.ready()).containsExactly("there");
        broken.call("DEL", broken.key("ready"));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            outbox.processing().keySet().forEach(outbox::letTimePass);
            scan();
            assertThat(broken.ready()).containsExactly("stuck");
        });
        awaitForwarded();
    }

    // A process dies. Another one finishes its work

    @Test
    void afterTheCommit() {
        commitAndDie(List.of(home.held("m1")), home.message("here"), away.message("there"));
        assertThat(away.everything()).isEmpty();

        scan();

        await().untilAsserted(() -> assertThat(away.ready()).containsExactly("there"));
        awaitForwarded();
        assertThat(home.processing()).isEmpty();
    }

    @Test
    void afterTheSecondPhaseByRecovery() {
        home.prepare(branch, List.of(home.held("m1")), away.message("there"));
        QueueOperations other = TestQueue.operationsOf(client);

        assertThat(result(other.commit(branch, home.name, true))).isEqualTo(BranchEndResult.DONE);
        scan();

        await().untilAsserted(() -> assertThat(away.ready()).containsExactly("there"));
        awaitForwarded();
    }

    @Test
    void afterTheClaim() {
        commitAndDie(List.of(home.held("m1")), away.message("there"));
        Lease claimed = claimed().lease();
        scan();
        assertThat(away.everything()).isEmpty();

        outbox.letTimePass(claimed);
        scan();

        await().untilAsserted(() -> assertThat(away.ready()).containsExactly("there"));
        awaitForwarded();
    }

    @Test
    void afterTheMessageWasSent() throws Exception {
        commitAndDie(List.of(home.held("m1")), away.message("there"));
        ClaimedMessage claimed = claimed();
        result(dying.acknowledge(List.of(), List.of(Envelope.open(claimed))));
        away.acknowledge(lease(away.claim(1)));

        outbox.letTimePass(claimed.lease());
        scan();

        awaitForwarded();
        assertThat(away.ready()).as("a message that was consumed meanwhile").isEmpty();
    }

    @Test
    void afterTheMessageWasSentToAQueueThatDropsIt() throws Exception {
        SendRequest message = new SendRequest(
                away.name,
                "second",
                new byte[1],
                0,
                new SendOptions(0, 0, new Deduplication("key", 60_000, false), null));
        away.call("SET", away.key("dedup:key"), "first");
        commitAndDie(List.of(home.held("m1")), message);
        ClaimedMessage claimed = claimed();
        result(dying.acknowledge(List.of(), List.of(Envelope.open(claimed))));
        away.call("DEL", away.key("dedup:key")); // the window ends

        outbox.letTimePass(claimed.lease());
        scan();

        awaitForwarded();
        assertThat(away.ready()).isEmpty();
    }

    @Test
    void destinationSoonForgetsAnEnvelope() {
        commit(List.of(home.held("m1")), away.message("there"));
        awaitForwarded();

        await().untilAsserted(() -> {
            List<String> marks = away.everything().keySet().stream()
                    .filter(key -> key.contains(":forwarded:"))
                    .toList();
            assertThat(marks).hasSize(1);
            assertThat((Long) away.call("PTTL", marks.get(0)))
                    .isBetween(1L, Duration.ofMinutes(5).toMillis());
        });
    }

    @Test
    void processThatHasLostItsLeaseDoesNotSendAgain() throws Exception {
        commitAndDie(List.of(home.held("m1")), away.message("there"));
        ClaimedMessage stalled = claimed();
        outbox.letTimePass(stalled.lease());
        scan();
        awaitForwarded();
        away.acknowledge(lease(away.claim(1)));

        result(dying.acknowledge(List.of(), List.of(Envelope.open(stalled))));

        assertThat(away.ready()).isEmpty();
        assertThat(away.exists("there")).isFalse();
    }

    @Test
    void onlyOneProcessLooksForEnvelopesAtATime() {
        commitAndDie(List.of(home.held("m1")), away.message("there"));
        redis.call("SET", "rq:forwarder", "another process", "PX", "4000");

        result(operations.forwardLeft());

        assertThat(away.everything()).isEmpty();
        scan();
        await().untilAsserted(() -> assertThat(away.ready()).containsExactly("there"));
    }

    @Test
    void clockThatIsSetBackDoesNotStopForwarding() {
        commitAndDie(List.of(home.held("m1")), away.message("there"));
        redis.call("SET", "rq:forwarder", "", "PX", "3600000");

        result(operations.forwardLeft());

        await().untilAsserted(() -> assertThat(away.ready()).containsExactly("there"));
        assertThat((Long) redis.call("PTTL", "rq:forwarder")).isLessThanOrEqualTo(4_000);
    }

    @Test
    void outboxIsNoQueueForRecoveryAndOperators() {
        commit(List.of(home.held("m1")), away.message("there"));

        Map<String, ?> homes = result(operations.recover()).homes();
        assertThat(homes.values().toString()).doesNotContain("outbox");
        assertThat((List<?>) redis.call("SMEMBERS", "rq:queues"))
                .noneMatch(name -> name.toString().contains("outbox"));
    }
}
