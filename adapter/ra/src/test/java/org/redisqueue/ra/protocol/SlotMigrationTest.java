// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.leases;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;

/**
 * While the slot of a queue migrates to another node of the cluster, a node has only some of its keys. No script runs on
 * them: calls wait until the slot has migrated.
 */
class SlotMigrationTest {

    private static final int ROUNDS = Integer.getInteger("migration.rounds", 20);
    private static final int CONSUMERS = 3;
    private static final int MANY = 200;
    private static final int MAX_DELIVERIES = 1_000;
    private static final int MAX_OPEN = 200;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static SlotMigration cluster;
    private static RedisClient client;

    private final TestQueue queue = TestQueue.create(cluster.first(), TestQueue.operationsOf(client));
    private final QueueOperations operations = queue.operations();
    private final Set<String> sent = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> done = new ConcurrentHashMap<>();
    private final AtomicInteger serial = new AtomicInteger();

    @BeforeAll
    static void start() {
        cluster = new SlotMigration();
        TestProperties properties = TestProperties.of(cluster.first());
        properties.setMode("cluster");
        client = RedisClient.acquire(properties);
        client.redisson();
    }

    @AfterAll
    static void stop() {
        client.release();
        cluster.close();
    }

    /** Asserts that a call does not end before the slot has migrated, of which these keys migrate first. */
    private <T> T whileMigrating(Callable<CompletableFuture<T>> call, String... keys) throws Exception {
        SlotMigration.Move move = cluster.begin(queue.key("ready"));
        move.keys(keys);
        CompletableFuture<T> outcome;
        try {
            outcome = call.call();
            assertThat(outcome).failsWithin(500, TimeUnit.MILLISECONDS).withThrowableOfType(TimeoutException.class);
        } finally {
            move.end();
        }
        return result(outcome);
    }

    @Test
    void commitPublishesAStagedMessageThatHasMigratedBeforeItsRecord() throws Exception {
        queue.prepare("b1", List.of(queue.held("m1")), queue.message("m2"));

        BranchEndResult outcome =
                whileMigrating(() -> operations.commit("b1", queue.name, false), queue.key("staged:b1:m2"));

        assertThat(outcome).isEqualTo(BranchEndResult.DONE);
        assertThat(ids(queue.claim(9))).containsExactly("m2");
    }

    @Test
    void rollbackReturnsAMessageWhoseEntryHasMigratedBeforeTheRecord() throws Exception {
        queue.prepare("b2", List.of(queue.held("m1")), queue.message("m2"));

        BranchEndResult outcome =
                whileMigrating(() -> operations.rollback("b2", queue.name, false, 0), queue.key("processing"));

        assertThat(outcome).isEqualTo(BranchEndResult.DONE);
        assertThat(ids(queue.claim(9))).containsExactly("m1");
    }

    @Test
    void acknowledgmentEndsAMessageWhoseEntryHasMigrated() throws Exception {
        Lease lease = queue.held("m1");

        AcknowledgmentResult outcome = whileMigrating(
                () -> operations.acknowledge(List.of(lease), queue.messages("m2")), queue.key("processing"));

        assertThat(outcome.done()).isTrue();
        assertThat(ids(queue.claim(9))).containsExactly("m2");
    }

    @Test
    void redeliveryKeepsAMessageWhoseBodyHasMigrated() throws Exception {
        Lease lease = queue.held("m1");

        RedeliveryResult outcome = whileMigrating(
                () -> operations.redeliver(lease, 0, MAX_DELIVERIES, "it failed"), queue.key("message:m1"));

        assertThat(outcome).isEqualTo(RedeliveryResult.WAITING);
        assertThat(ids(queue.claim(9))).containsExactly("m1");
    }

    @Test
    void leasesAreRenewedMeanwhile() {
        Lease lease = queue.held("m1");
        SlotMigration.Move move = cluster.begin(queue.key("ready"));
        try {
            assertThat(queue.renew(lease)).isEmpty();
            move.keys(queue.key("processing"));
            assertThat(queue.renew(lease)).isEmpty();
        } finally {
            move.end();
        }
    }

    @Test
    void recoveryListsTheBranchesOfOtherQueuesMeanwhile() {
        TestQueue other = TestQueue.create(cluster.first(), operations);
        other.prepare("b3", List.of(other.held("m1")));
        queue.prepare("b4", List.of(queue.held("m2")));
        SlotMigration.Move move = cluster.begin(queue.key("ready"));
        try {
            move.keys(queue.key("prepared"));
            BranchListingResult found = result(operations.recover());

            assertThat(found.homes()).containsKey("b3").doesNotContainKey("b4");
            assertThat(found.unreadable()).containsKey(queue.name);
        } finally {
            move.end();
        }
        assertThat(result(operations.recover()).homes()).containsKeys("b3", "b4");
    }

    @Test
    void messagesArePublishedWhileTheSlotOfTheTopicMigrates() {
        String topic = queue.name + ".topic";
        result(operations.topics().bind(topic, queue.name));
        SlotMigration.Move move = cluster.begin("rq:{" + topic + "}:bindings");
        try {
            assertThat(result(operations.topics().queues(topic))).containsExactly(queue.name);
            move.keys("rq:{" + topic + "}:bindings");
            assertThat(result(operations.topics().queues(topic))).containsExactly(queue.name);
        } finally {
            move.end();
        }
    }

    @Test
    void sendDoesNotReplaceAMessageThatHasMigrated() throws Exception {
        queue.send("m1");

        List<SendRequest> duplicates =
                whileMigrating(() -> operations.send(queue.messages("m1", "m2")), queue.key("message:m1"));

        assertThat(duplicates).extracting(SendRequest::id).containsExactly("m1");
        assertThat(ids(queue.claim(9))).containsExactly("m1", "m2");
    }

    @Test
    void nothingIsLostOrDuplicatedWhileASlotMovesBackAndForth() throws Exception {
        long seed = System.nanoTime();
        AtomicBoolean moving = new AtomicBoolean(true);
        ExecutorService threads = Executors.newFixedThreadPool(CONSUMERS + 1);
        try {
            List<Future<?>> work = new ArrayList<>();
            work.add(threads.submit(() -> {
                Random random = new Random(seed);
                while (moving.get()) {
                    if (sent.size() - done.size() < MAX_OPEN) {
                        send(random);
                    } else {
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                }
            }));
            for (int i = 1; i <= CONSUMERS; i++) {
                Random random = new Random(seed + i);
                work.add(threads.submit(() -> {
                    while (moving.get()) {
                        consume(random, true);
                    }
                }));
            }
            Random random = new Random(seed - 1);
            boolean works = true; // a failure is reported below
            for (int i = 0; works && (i < ROUNDS || done.size() < MANY); i++) {
                works = work.stream().noneMatch(Future::isDone);
                SlotMigration.Move move = cluster.begin(queue.key("ready"));
                while (move.some(1 + random.nextInt(20))) {}
                move.end();
            }
            moving.set(false);
            for (Future<?> each : work) {
                each.get(1, TimeUnit.MINUTES);
            }
        } finally {
            moving.set(false);
            threads.shutdownNow();
        }
        Random calm = new Random(seed);
        while (done.size() < sent.size()) {
            assertThat(consume(calm, false))
                    .as("what is left, with seed %d", seed)
                    .isTrue();
        }

        assertThat(done.keySet()).isEqualTo(sent);
        assertThat(done)
                .as("seed %d", seed)
                .allSatisfy((value, times) -> assertThat(times).isEqualTo(1));
        assertThat(queue.claim(9).found()).isZero();
    }

    /** Repeats a call, which the adapter does not retry, until the slot has migrated. */
    private static <T> T repeat(Callable<CompletableFuture<T>> call) {
        while (true) {
            try {
                return result(call.call());
            } catch (RedisCallException e) {
                assertThat(e.isTemporary()).as(e.getMessage()).isTrue();
                LockSupport.parkNanos(PAUSE_NANOS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private List<SendRequest> newMessages(Random random) {
        List<SendRequest> messages = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            String value = "value " + serial.incrementAndGet();
            String group = random.nextInt(3) == 0 ? "g" + random.nextInt(5) : null;
            messages.add(new SendRequest(
                    queue.name,
                    QueueOperations.newId(),
                    value.getBytes(StandardCharsets.UTF_8),
                    0,
                    new SendOptions(random.nextInt(4) == 0 ? 20 : 0, 0, null, group, random.nextInt(4) == 0 ? 5 : 0)));
        }
        return messages;
    }

    private void send(Random random) {
        List<SendRequest> messages = newMessages(random);
        assertThat(result(operations.send(messages))).isEmpty();
        sent(messages);
    }

    private void sent(List<SendRequest> messages) {
        messages.forEach(message -> sent.add(new String(message.value(), StandardCharsets.UTF_8)));
    }

    /** Claims messages and ends their delivery; returns whether there were any, after a while. */
    private boolean consume(Random random, boolean mayFail) {
        ClaimRequest request = new ClaimRequest(queue.name, 10, 60_000, 1_000, TestQueue.MAX_BYTES);
        ClaimResult claim = repeat(() -> operations.claim(request));
        for (int i = 0; i < 200 && claim.messages().isEmpty() && !mayFail; i++) {
            claim = repeat(() -> operations.claim(request));
        }
        if (claim.messages().isEmpty()) {
            return false;
        }
        List<Lease> leases = leases(claim);
        int choice = mayFail ? random.nextInt(7) : 0;
        List<SendRequest> replies = mayFail ? newMessages(random) : List.of();
        String branch = "branch" + serial.incrementAndGet();
        switch (choice) {
            case 0, 1 -> {
                assertThat(result(operations.acknowledge(leases, replies)).done())
                        .isTrue();
                done(claim, replies);
            }
            case 2, 3 -> {
                assertThat(result(operations.prepare(branch, queue.name, leases, replies))
                                .done())
                        .isTrue();
                assertThat(result(operations.commit(branch, queue.name, false))).isEqualTo(BranchEndResult.DONE);
                done(claim, replies);
            }
            case 4 -> {
                assertThat(result(operations.prepare(branch, queue.name, leases, replies))
                                .done())
                        .isTrue();
                assertThat(result(operations.rollback(branch, queue.name, false, 0)))
                        .isEqualTo(BranchEndResult.DONE);
            }
            case 5 ->
                assertThat(repeat(() -> operations.release(queue.name, leases))).isEqualTo(leases.size());
            default ->
                leases.forEach(lease -> assertThat(result(operations.redeliver(lease, 0, MAX_DELIVERIES, "")))
                        .isEqualTo(RedeliveryResult.WAITING));
        }
        return true;
    }

    private void done(ClaimResult claim, List<SendRequest> replies) {
        claim.messages()
                .forEach(message -> done.merge(new String(message.value(), StandardCharsets.UTF_8), 1, Integer::sum));
        sent(replies);
    }
}
