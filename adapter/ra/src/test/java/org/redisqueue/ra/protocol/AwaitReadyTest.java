// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

class AwaitReadyTest {

    /** Longer than any test waits: a call that returns before has been woken. */
    private static final Duration LONG = Duration.ofSeconds(60);

    private static final int POOL_SIZE = TestProperties.of(TestRedis.shared()).getPoolSize();
    private static final int RECEIVERS = 8;
    private static final int ROUNDS = 100;

    private final TestQueue queue = TestQueue.create();

    @Test
    void returnsAtOnceWhenAMessageIsReadyAndMovesNothing() {
        queue.send("m1", "m2", "m3");

        assertThat(result(queue.operations().awaitReady(queue.name, LONG))).isTrue();

        assertThat(queue.ready()).containsExactly("m1", "m2", "m3");
    }

    @Test
    void returnsFalseWhenNoMessageArrivesInTime() {
        assertThat(result(queue.operations().awaitReady(queue.name, Duration.ofSeconds(1))))
                .isFalse();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void pushByAnyClientWakesEveryWaiter() {
        List<CompletableFuture<Boolean>> waiting = Stream.generate(() -> TestQueue.operationsOn(TestRedis.shared()))
                .limit(3)
                .map(operations -> operations.awaitReady(queue.name, LONG))
                .toList();
        await().until(() -> blockedClients() == 3);

        queue.call("LPUSH", queue.key("ready"), "m1");

        assertThat(waiting).allMatch(TestQueue::result);
        assertThat(queue.ready()).containsExactly("m1");
    }

    @Test
    void sendEndsTheWait() {
        CompletableFuture<Boolean> waiting = queue.operations().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);

        queue.send("m1");

        assertThat(result(waiting)).isTrue();
        assertThat(queue.ready()).containsExactly("m1");
    }

    @Test
    void releaseAndCommitEndTheWait() {
        Lease lease = queue.held("m1");
        CompletableFuture<Boolean> waiting = queue.operations().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);
        queue.release(lease);
        assertThat(result(waiting)).isTrue();

        Lease again = TestQueue.lease(queue.claim(1));
        queue.prepare("branch", List.of(again), queue.message("m2"));
        CompletableFuture<Boolean> second = queue.operations().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);
        queue.commit("branch");
        assertThat(result(second)).isTrue();
    }

    @Test
    void callerWaitsAgainAfterATimeout() {
        Duration second = Duration.ofSeconds(1);
        assertThat(result(queue.operations().awaitReady(queue.name, second))).isFalse();
        CompletableFuture<Boolean> next = queue.operations().awaitReady(queue.name, second);
        queue.send("m1");
        assertThat(result(next)).isTrue();
    }

    @Test
    void callerWaitsAgainAfterAFailure() {
        queue.call("SET", queue.key("ready"), "no list");
        assertThatThrownBy(() -> result(queue.operations().awaitReady(queue.name, LONG)))
                .isInstanceOf(RedisCallException.class);
        queue.call("DEL", queue.key("ready"));
        queue.send("m1");
        assertThat(result(queue.operations().awaitReady(queue.name, LONG))).isTrue();
    }

    @Test
    void halfOfTheConnectionsAreLeftForOthers() {
        QueueOperations operations = TestQueue.operationsOn(TestRedis.shared());
        List<TestQueue> queues =
                Stream.generate(TestQueue::create).limit(POOL_SIZE / 2).toList();
        for (TestQueue waitedFor : queues) {
            assertThat(operations.canAwait()).isTrue();
            operations.awaitReady(waitedFor.name, LONG);
        }
        assertThat(operations.canAwait()).isFalse();
        queues.forEach(waitedFor -> waitedFor.send("m1"));
        await().until(operations::canAwait);
    }

    @Test
    void failsWhenReadyHasTheWrongType() {
        queue.call("SET", queue.key("ready"), "no list");

        assertThatThrownBy(() -> result(queue.operations().awaitReady(queue.name, LONG)))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("WRONGTYPE");
    }

    @Test
    void waitersForTheSameQueueShareACallThatNoneOfThemCanCancel() {
        CompletableFuture<Boolean> first = queue.operations().awaitReady(queue.name, LONG);
        CompletableFuture<Boolean> second = queue.operations().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);

        first.cancel(true);
        queue.send("m1");

        assertThat(result(second)).isTrue();
    }

    @Test
    void abandonedWaitDoesNotDisturbLaterCalls() {
        ExecutorService receivers = Executors.newFixedThreadPool(RECEIVERS);
        try {
            List<Future<?>> ends = Stream.<Future<?>>generate(() -> receivers.submit(AwaitReadyTest::cancelAndContinue))
                    .limit(RECEIVERS)
                    .toList();
            assertThat(ends).allSatisfy(Future::get);
        } finally {
            receivers.shutdownNow();
        }
    }

    private static void cancelAndContinue() {
        TestQueue own = TestQueue.create();
        for (int round = 0; round < ROUNDS; round++) {
            CompletableFuture<Boolean> waiting = own.operations().awaitReady(own.name, LONG);
            own.send("m" + round);
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000)); // the reply is there, or not
            waiting.cancel(true);
            for (int i = 0; i < 5; i++) {
                own.claim(1);
            }
        }
        own.send("last"); // ends the last call, if it came too late for the message that it was to find
    }

    /** The clients that are blocked on this queue. They wait with BLMOVE, and tests run one after the other. */
    private long blockedClients() {
        return ((String) queue.call("CLIENT", "LIST"))
                .lines()
                .filter(client -> client.contains(" flags=b") && client.contains(" cmd=blmove"))
                .count();
    }
}
