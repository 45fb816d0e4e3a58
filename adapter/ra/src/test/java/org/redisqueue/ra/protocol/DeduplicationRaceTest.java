// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisson.client.RedisException;

/** A hundred senders with one deduplication key, whose requests and replies get lost, publish one message. */
class DeduplicationRaceTest {

    private static final int SENDERS = 100;
    private static final long MINUTE = 60_000;

    private static TestRedis redis;
    private static RedisClient client;

    private final long seed = Long.getLong("race.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final AtomicInteger lost = new AtomicInteger();
    private volatile boolean loses;
    private final QueueOperations operations =
            TestQueue.operationsOf(client, Lanes.PATIENCE, redis -> (work, keys, arguments) -> {
                int fate = !loses ? -1 : lost.get() == 0 ? 1 : random.nextInt(10);
                if (fate == 0) {
                    return failed();
                }
                CompletableFuture<List<Object>> reply = redis.run(work, keys, arguments);
                return fate < 4 && fate > 0 ? reply.thenCompose(executed -> failed()) : reply;
            });
    private final TestQueue queue = TestQueue.create(redis, operations);
    private final ExecutorService threads = Executors.newFixedThreadPool(SENDERS);

    @BeforeAll
    static void start() {
        redis = TestRedis.start();
        client = RedisClient.acquire(TestProperties.of(redis));
    }

    @AfterAll
    static void stop() {
        client.release();
        redis.close();
    }

    @AfterEach
    void end() {
        threads.shutdown();
        assertThat(lost).as("lost requests and replies").hasPositiveValue();
    }

    private SendRequest message(int sender, boolean rollback) {
        String id = "m" + sender;
        SendOptions options = new SendOptions(0, 0, new Deduplication("k", MINUTE, rollback), null);
        return new SendRequest(queue.name, id, id.getBytes(StandardCharsets.UTF_8), 0, options);
    }

    private <T> CompletableFuture<T> failed() {
        lost.incrementAndGet();
        return CompletableFuture.failedFuture(
                new RedisException("Unexpected exception while processing command", new IOException("reset")));
    }

    /** From now on, the first reply, and then a tenth of the requests and three tenths of the replies at random get lost. */
    private void loseSome() {
        queue.send("m0-before"); // the clock of Redis is known from now on
        queue.acknowledge(TestQueue.lease(queue.claim(1)));
        loses = true;
    }

    private <T> List<T> atOnce(IntFunction<T> sender) {
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<T>> running = IntStream.range(0, SENDERS)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                start.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            return sender.apply(i);
                        },
                        threads))
                .toList();
        start.countDown();
        List<T> results = new ArrayList<>();
        running.forEach(each -> results.add(each.join()));
        return results;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inOnePhase(boolean rollback) {
        loseSome();

        List<AcknowledgmentResult> results =
                atOnce(i -> result(operations.acknowledge(List.of(), List.of(message(i, rollback)))));

        assertThat(queue.ready()).as("seed %d", seed).hasSize(1);
        String kept = queue.ready().get(0);
        long winners = results.stream()
                .filter(each -> each.done() && each.dropped().isEmpty())
                .count();
        assertThat(winners).as("seed %d", seed).isEqualTo(1);
        assertThat(results)
                .as("seed %d", seed)
                .filteredOn(each -> !(rollback ? each.refused() : each.dropped()).isEmpty())
                .hasSize(SENDERS - 1)
                .allSatisfy(each -> assertThat((rollback ? each.refused() : each.dropped())
                                .get(0)
                                .kept())
                        .contains(kept));
        assertThat(queue.call("GET", queue.key("dedup:k"))).as("seed %d", seed).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inTwoPhases(boolean rollback) {
        loseSome();
        AtomicInteger prepared = new AtomicInteger();

        List<Boolean> committed = atOnce(i -> {
            String branch = "br" + i;
            PreparationResult preparation =
                    result(operations.prepare(branch, queue.name, List.of(), List.of(message(i, rollback))));
            if (!preparation.done()) {
                return false;
            }
            prepared.incrementAndGet();
            if (i % 10 == 9) { // the database refuses
                assertThat(result(operations.rollback(branch, queue.name, false, 0)))
                        .isEqualTo(BranchEndResult.DONE);
                return false;
            }
            assertThat(result(operations.commit(branch, queue.name, false))).isEqualTo(BranchEndResult.DONE);
            return true;
        });

        long commits = committed.stream().filter(done -> done).count();
        assertThat(queue.prepared()).as("seed %d", seed).isEmpty();
        assertThat(queue.everything().keySet()).as("seed %d", seed).noneMatch(key -> key.contains("staged"));
        assertThat(prepared.get()).as("prepared branches, seed %d", seed).isPositive();
        if (rollback) { // one transaction commits, or none if the one with the key was rolled back
            assertThat(commits).as("seed %d", seed).isLessThanOrEqualTo(1);
            assertThat(queue.ready()).as("seed %d", seed).hasSize((int) commits);
            assertThat(queue.call("EXISTS", queue.key("dedup:k")))
                    .as("seed %d", seed)
                    .isEqualTo(commits);
        } else {
            assertThat(prepared).as("seed %d", seed).hasValue(SENDERS);
            assertThat(commits).as("seed %d", seed).isEqualTo(SENDERS - SENDERS / 10);
            assertThat(queue.ready()).as("seed %d", seed).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inTwoPhasesUntilEachHasTheSameId(boolean twoPhases) {
        loseSome();

        List<String> ids = atOnce(i -> {
            while (true) { // as a client does that repeats its request after an error
                String kept = result(operations.deduplication().kept(queue.name, Set.of("k")))
                        .get("k");
                if (kept != null) {
                    return kept;
                }
                if (twoPhases) {
                    String branch = "br" + i + "-" + System.nanoTime();
                    if (result(operations.prepare(branch, queue.name, List.of(), List.of(message(i, true))))
                            .done()) {
                        result(operations.commit(branch, queue.name, false));
                    }
                } else {
                    result(operations.acknowledge(List.of(), List.of(message(i, true))));
                }
            }
        });

        assertThat(queue.ready()).as("seed %d", seed).hasSize(1);
        assertThat(ids).as("seed %d", seed).containsOnly(queue.ready().get(0));
    }
}
