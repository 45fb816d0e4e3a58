// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Consumers for which no connection is left to wait look for messages with one call for many queues. */
class SharedLookTest {

    private static final int MANY = 600;

    private final TestRedis redis = TestRedis.start();
    private final RedisClient client = RedisClient.acquire(TestProperties.of(redis));
    private final QueueOperations operations = TestQueue.operationsOf(client);
    private final TestQueue queue = TestQueue.create(redis, operations);

    @AfterEach
    void stop() {
        client.release();
        redis.close();
    }

    private CompletableFuture<Boolean> look() {
        return operations.waits().awaitFound(queue.name);
    }

    /** Connects, and loads the scripts. */
    private void lookForTheFirstTime() {
        queue.send("m0");
        result(look());
        queue.call("DEL", queue.key("ready"));
    }

    private long scriptCalls() {
        return ((String) redis.call("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_eval"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+).*", "$1")))
                .sum();
    }

    @Test
    void readyMessageIsFound() {
        CompletableFuture<Boolean> found = look();
        queue.send("m1");

        assertThat(result(found)).isFalse();
    }

    @Test
    void messageThatAnotherConsumerWasWokenForIsFound() {
        queue.call("LPUSH", queue.key("arrived"), "m1");

        assertThat(result(look())).isFalse();
    }

    @Test
    void messageWithAPriorityIsFound() {
        queue.call("ZADD", queue.key("prioritized"), "1", "m1");

        assertThat(result(look())).isFalse();
    }

    @Test
    void messageWhoseLeaseHasEndedIsFound() {
        Lease lease = queue.held("m1");
        CompletableFuture<Boolean> found = look();
        awaitLooks(2);
        assertThat(found).isNotDone();

        queue.letTimePass(lease);

        assertThat(result(found)).isFalse();
    }

    @Test
    void scheduledMessageThatIsDueIsFound() {
        SendOptions later = new SendOptions(60_000, 0);
        result(operations.send(List.of(new SendRequest(queue.name, "m1", new byte[1], 0, later))));
        CompletableFuture<Boolean> found = look();
        awaitLooks(2);
        assertThat(found).isNotDone();

        queue.letTimeCome("m1");

        assertThat(result(found)).isFalse();
    }

    @Test
    void queuesWhoseLeasesMustBeShiftedAreFound() {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            RedisCalls calls = new RedisCalls(client, timer, Lanes.PATIENCE, UnaryOperator.identity());
            LeaseShifts shifts = new LeaseShifts(calls);
            SharedLook look = new SharedLook(calls, shifts);
            long later = (long) queue.now() + TimeUnit.HOURS.toMillis(1);
            calls.clock(queue.name).reported(later, TimeUnit.MILLISECONDS, System.nanoTime());
            List<String> queues =
                    IntStream.range(0, MANY).mapToObj(i -> "queue-" + i).toList();
            queues.forEach(shifts::arePending); // as their claims before the jump
            List<CompletableFuture<Boolean>> found =
                    queues.stream().map(look::await).toList();

            found.forEach(TestQueue::result);

            assertThat(found).allMatch(CompletableFuture::isDone);
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void oneCallLooksForManyQueues() {
        lookForTheFirstTime();
        List<CompletableFuture<Boolean>> looks = new ArrayList<>();
        IntStream.range(0, MANY).forEach(i -> looks.add(operations.waits().awaitFound("queue-" + i)));
        long before = scriptCalls();
        awaitLooks(4);
        TestQueue.named("queue-550", redis, operations).send("m1");

        assertThat(result(looks.get(550))).isFalse();

        assertThat(scriptCalls() - before).as("two calls every second").isBetween(4L, 20L);
        assertThat(looks).filteredOn(CompletableFuture::isDone).hasSize(1);
    }

    @Test
    void lookFailsWithRedis() {
        CompletableFuture<Boolean> found = look();
        redis.kill();

        await().until(found::isCompletedExceptionally);
    }

    private void awaitLooks(int number) {
        long before = scriptCalls();
        await().until(() -> scriptCalls() - before >= number);
    }
}
