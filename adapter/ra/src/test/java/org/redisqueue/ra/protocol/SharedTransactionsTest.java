// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Transactions that share a call succeed or fail independently. */
class SharedTransactionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MANY = 30;

    private final TestRedis redis = TestRedis.start();
    private final RedisClient client = RedisClient.acquire(TestProperties.of(redis));
    private final QueueOperations operations = TestQueue.operationsOf(client);
    private final TestQueue queue = TestQueue.create(redis, operations);
    private final TestQueue broken = TestQueue.create(redis, operations);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        client.release();
        redis.close();
    }

    @Test
    void acknowledgmentsShareACall() {
        List<Lease> leases = held();

        List<CompletableFuture<AcknowledgmentResult>> results =
                atOnce(leases, lease -> operations.acknowledge(List.of(lease), List.of()));

        assertThat(results).allMatch(result -> result(result).done());
        assertThat(queue.everything()).isEmpty();
        assertThat(calls()).isLessThanOrEqualTo(MANY / 2);
    }

    @Test
    void lostLeaseFailsOnlyItsTransaction() {
        List<Lease> leases = held();
        Lease lost = leases.get(5);
        queue.letTimePass(lost);
        Lease taking = lease(queue.claim(1));

        List<CompletableFuture<AcknowledgmentResult>> results = atOnce(
                leases, lease -> operations.acknowledge(List.of(lease), queue.messages("sent-with-" + lease.id())));

        for (int i = 0; i < MANY; i++) {
            AcknowledgmentResult acknowledgment = result(results.get(i));
            assertThat(acknowledgment.lost()).isEqualTo(i == 5 ? List.of(lost) : List.of());
        }
        assertThat(queue.ready()).hasSize(MANY - 1);
        assertThat(queue.acknowledge(taking).done()).isTrue();
    }

    @Test
    void branchThatCannotBeEndedDoesNotAffectOthers() {
        List<Lease> leases = held();
        broken.call("SET", broken.key("ready"), "no list");

        List<CompletableFuture<AcknowledgmentResult>> results = atOnce(
                leases,
                lease -> operations.acknowledge(
                        List.of(lease), lease == leases.get(5) ? broken.messages("refused") : List.of()));

        for (int i = 0; i < MANY; i++) {
            if (i == 5) {
                assertThat(catchThrowableOfType(RedisCallException.class, () -> result(results.get(5)))
                                .outcomeUnknown())
                        .isFalse();
            } else {
                assertThat(result(results.get(i)).done()).isTrue();
            }
        }
        assertThat(queue.processing()).containsOnlyKeys(leases.get(5).member());
        assertThat(queue.exists(leases.get(5).id())).isTrue();
        assertThat(broken.exists("refused")).isFalse();
    }

    @Test
    void idAcknowledgedByAnotherTransactionIsSentOrReportedAsDuplicate() {
        List<Lease> leases = held();

        List<CompletableFuture<AcknowledgmentResult>> results = atOnce(leases, lease -> {
            Lease next = leases.get((leases.indexOf(lease) + 1) % MANY);
            return operations.acknowledge(List.of(lease), queue.messages(next.id()));
        });

        for (int i = 0; i < MANY; i++) {
            String sent = leases.get((i + 1) % MANY).id();
            boolean duplicate = !result(results.get(i)).duplicates().isEmpty();
            assertThat(queue.exists(sent)).isEqualTo(!duplicate);
            assertThat(queue.ready().contains(sent)).isEqualTo(!duplicate);
        }
    }

    @Test
    void bothPhasesOfBranchesShareCalls() {
        List<Lease> leases = held();

        List<CompletableFuture<PreparationResult>> prepared =
                atOnce(leases, lease -> operations.prepare("of " + lease.id(), queue.name, List.of(lease), List.of()));
        assertThat(prepared).allMatch(preparation -> result(preparation).done());
        assertThat(queue.prepared()).hasSize(MANY);
        assertThat(calls()).isLessThanOrEqualTo(MANY / 2);

        List<CompletableFuture<BranchEndResult>> committed =
                atOnce(leases, lease -> operations.commit("of " + lease.id(), queue.name, false));
        assertThat(committed).allMatch(end -> result(end) == BranchEndResult.DONE);
        assertThat(queue.everything()).isEmpty();
        assertThat(calls()).isLessThanOrEqualTo(MANY / 2);
    }

    @Test
    void failedBranchDoesNotAffectOthersOfItsCall() {
        List<Lease> leases = held();
        broken.call("SET", broken.key("ready"), "no list");

        List<CompletableFuture<PreparationResult>> prepared = atOnce(
                leases,
                lease -> operations.prepare(
                        "of " + lease.id(),
                        queue.name,
                        List.of(lease),
                        lease == leases.get(5) ? broken.messages("refused") : List.of()));
        for (int i = 0; i < MANY; i++) {
            if (i == 5) {
                assertThat(prepared.get(5)).failsWithin(PATIENCE);
            } else {
                assertThat(result(prepared.get(i)).done()).isTrue();
            }
        }
        assertThat(queue.prepared()).hasSize(MANY - 1);

        List<CompletableFuture<BranchEndResult>> committed =
                atOnce(leases, lease -> operations.commit("of " + lease.id(), queue.name, false));
        for (int i = 0; i < MANY; i++) {
            assertThat(result(committed.get(i)))
                    .isEqualTo(i != 5 ? BranchEndResult.DONE : BranchEndResult.NOT_PREPARED);
        }
        assertThat(queue.processing()).containsOnlyKeys(leases.get(5).member());
    }

    private List<Lease> held() {
        return queue.held(
                IntStream.range(0, MANY).mapToObj(number -> "m" + number).toArray(String[]::new));
    }

    /** Makes all calls while Redis does not answer. */
    private <T> List<CompletableFuture<T>> atOnce(List<Lease> leases, Function<Lease, CompletableFuture<T>> call) {
        redis.call("CONFIG", "RESETSTAT");
        redis.call("CLIENT", "PAUSE", "60000", "WRITE");
        CountDownLatch calling = new CountDownLatch(leases.size());
        List<CompletableFuture<T>> results = leases.stream()
                .map(lease -> CompletableFuture.supplyAsync(
                                () -> {
                                    calling.countDown();
                                    return call.apply(lease);
                                },
                                threads)
                        .thenCompose(Function.identity()))
                .toList();
        await().until(() -> calling.getCount() == 0);
        redis.call("CLIENT", "UNPAUSE");
        results.forEach(result -> result.exceptionally(failure -> null).join());
        return results;
    }

    private int calls() {
        String stats = (String) redis.call("INFO", "commandstats");
        return Integer.parseInt(stats.replaceFirst("(?s).*cmdstat_evalsha:calls=(\\d+),.*", "$1"));
    }
}
