// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.ids;
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
    void returnsAtOnceWhenAMessageIsReadyAndKeepsTheOrder() {
        queue.send("m1", "m2", "m3");

        assertThat(result(queue.operations().waits().awaitReady(queue.name, LONG)))
                .isTrue();

        assertThat(queue.list("arrived")).containsExactly("m1");
        assertThat(queue.ready()).containsExactly("m1", "m2", "m3");
    }

    @Test
    void returnsFalseWhenNoMessageArrivesInTime() {
        assertThat(result(queue.operations().waits().awaitReady(queue.name, Duration.ofSeconds(1))))
                .isFalse();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void eachPushByAnyClientWakesOneWaiter() {
        List<CompletableFuture<Boolean>> waiting = Stream.generate(() -> TestQueue.operationsOn(TestRedis.shared()))
                .limit(3)
                .map(operations -> operations.waits().awaitReady(queue.name, LONG))
                .toList();
        await().until(() -> blockedClients() == 3);

        for (int i = 1; i <= 3; i++) {
            int woken = i;
            queue.call("LPUSH", queue.key("ready"), "m" + i);
            await().until(() ->
                    waiting.stream().filter(CompletableFuture::isDone).count() >= woken);
            await().until(() -> blockedClients() == 3 - woken);
        }

        assertThat(waiting).allMatch(TestQueue::result);
        assertThat(queue.list("arrived")).containsExactly("m3", "m2", "m1");
        assertThat(queue.ready()).containsExactly("m1", "m2", "m3");
    }

    @Test
    void callersOfOneProcessAreWokenInTurn() {
        CompletableFuture<Boolean> first = queue.operations().waits().awaitReady(queue.name, LONG);
        CompletableFuture<Boolean> second = queue.operations().waits().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);

        queue.send("m1");
        assertThat(result(first)).isTrue();
        await().until(() -> blockedClients() == 1);
        assertThat(second).isNotDone();

        queue.send("m2");
        assertThat(result(second)).isTrue();
        await().until(() -> blockedClients() == 0);
    }

    @Test
    void messageWhoseFailureIsTakenBackWakesACaller() {
        queue.send("m1");
        Lease lease = queue.claim(1).messages().get(0).lease();
        queue.redeliver(lease, 60_000, 99);
        CompletableFuture<Boolean> waiting = queue.operations().waits().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);

        TakeBackRequest leftAlone = TakeBackRequest.ofWaiting(queue.name, "m1", 2, 0);
        assertThat(result(queue.operations().takeBack(List.of(leftAlone)))).containsExactly(leftAlone);
        assertThat(queue.list("ready")).isEmpty();
        assertThat(waiting).isNotDone();

        assertThat(result(queue.operations().takeBack(List.of(TakeBackRequest.ofWaiting(queue.name, "m1", 1, 0)))))
                .isEmpty();
        assertThat(result(waiting)).isTrue();
        assertThat(ids(queue.claim(1))).containsExactly("m1");
    }

    @Test
    void wakeUpOfACallerThatHasLeftIsPassedOn() {
        QueueOperations other = TestQueue.operationsOn(TestRedis.shared());
        CompletableFuture<Boolean> left = queue.operations().waits().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);
        CompletableFuture<Boolean> waiting = other.waits().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 2);
        left.cancel(false);

        queue.send("m1");

        assertThat(result(waiting)).isTrue();
        assertThat(ids(queue.claim(1))).containsExactly("m1");
        assertThat(queue.ready()).isEmpty();
    }

    @Test
    void wakeUpIsPassedOnOnlyIfThereIsWork() {
        assertThat(result(queue.operations().waits().passOn(queue.name, false, ClaimingListener.NONE))
                        .work())
                .isFalse();
        queue.call("LPUSH", queue.key("arrived"), ""); // whoever waited for it has died
        assertThat(result(queue.operations().waits().passOn(queue.name, false, ClaimingListener.NONE))
                        .work())
                .isFalse();
        assertThat(queue.list("ready")).isEmpty();

        queue.call("LPUSH", queue.key("arrived"), "m1");
        assertThat(result(queue.operations().waits().passOn(queue.name, false, ClaimingListener.NONE))
                        .work())
                .isTrue();
        assertThat(result(queue.operations().waits().passOn(queue.name, false, ClaimingListener.NONE))
                        .work())
                .isTrue();
        assertThat(queue.list("ready")).containsExactly("");
    }

    @Test
    void messageThatIsDueLaterIsHandedOver() {
        assertThat(result(queue.operations().waits().passOn(queue.name, true, ClaimingListener.NONE))
                        .work())
                .isFalse();
        queue.send("m1");
        Lease lease = queue.claim(1).messages().get(0).lease();
        assertThat(result(queue.operations().waits().passOn(queue.name, true, ClaimingListener.NONE))
                        .work())
                .as("a message that is held counts")
                .isFalse();
        queue.redeliver(lease, 60_000, 99);
        assertThat(result(queue.operations().waits().passOn(queue.name, false, ClaimingListener.NONE))
                        .work())
                .isFalse();
        assertThat(queue.list("ready")).isEmpty();

        assertThat(result(queue.operations().waits().passOn(queue.name, true, ClaimingListener.NONE))
                        .work())
                .isTrue();

        assertThat(queue.list("ready")).containsExactly("");
        assertThat(queue.claim(1).dueInMillis()).isPresent();
    }

    @Test
    void passingOnTellsWhenTheNextMessageIsDue() {
        assertThat(result(queue.operations().waits().passOn(queue.name, false, ClaimingListener.NONE))
                        .dueInMillis())
                .isEmpty();
        queue.send("m1");
        queue.redeliver(queue.claim(1).messages().get(0).lease(), 60_000, 99);
        queue.letTimePass(queue.held("m2")); // due already

        PassOnResult passedOn = result(queue.operations().waits().passOn(queue.name, false, ClaimingListener.NONE));

        assertThat(passedOn.work()).isTrue();
        assertThat(passedOn.dueInMillis().orElseThrow()).isBetween(1L, 60_000L);
    }

    @Test
    void queueThatIsResumedWakesACallerThatHasWaitedSinceBeforeThePause() {
        CompletableFuture<Boolean> waiting = queue.operations().waits().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);
        result(queue.operations().admin().overview().pause(queue.name, 0));
        queue.call("LPUSH", queue.key("arrived"), "m1"); // whoever waited for it has found the queue paused

        result(queue.operations().admin().overview().resume(queue.name));

        assertThat(result(waiting)).isTrue();
    }

    @Test
    void messageOfADeadConsumerWhoseBranchIsRolledBackWakesACaller() {
        queue.send("m1");
        Lease lease = queue.claim(1).messages().get(0).lease();
        result(queue.operations().prepare("branch", queue.name, List.of(lease), List.of()));
        CompletableFuture<Boolean> waiting = queue.operations().waits().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);

        result(queue.operations().rollback("branch", queue.name, true, 0));

        assertThat(result(waiting)).isTrue();
        assertThat(ids(queue.claim(1))).containsExactly("m1");
    }

    @Test
    void dueMessageIsPassedOn() {
        queue.letTimePass(queue.held("m1"));

        assertThat(result(queue.operations().waits().passOn(queue.name, false, ClaimingListener.NONE))
                        .work())
                .isTrue();

        assertThat(result(queue.operations().waits().awaitReady(queue.name, LONG)))
                .isTrue();
        assertThat(ids(queue.claim(1))).containsExactly("m1");
        assertThat(queue.list("arrived")).isEmpty();
    }

    @Test
    void sendEndsTheWait() {
        CompletableFuture<Boolean> waiting = queue.operations().waits().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);

        queue.send("m1");

        assertThat(result(waiting)).isTrue();
        assertThat(queue.ready()).containsExactly("m1");
    }

    @Test
    void releaseAndCommitEndTheWait() {
        Lease lease = queue.held("m1");
        CompletableFuture<Boolean> waiting = queue.operations().waits().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);
        queue.release(lease);
        assertThat(result(waiting)).isTrue();

        Lease again = TestQueue.lease(queue.claim(1));
        queue.prepare("branch", List.of(again), queue.message("m2"));
        CompletableFuture<Boolean> second = queue.operations().waits().awaitReady(queue.name, LONG);
        await().until(() -> blockedClients() == 1);
        queue.commit("branch");
        assertThat(result(second)).isTrue();
    }

    @Test
    void callerWaitsAgainAfterATimeout() {
        Duration second = Duration.ofSeconds(1);
        assertThat(result(queue.operations().waits().awaitReady(queue.name, second)))
                .isFalse();
        CompletableFuture<Boolean> next = queue.operations().waits().awaitReady(queue.name, second);
        queue.send("m1");
        assertThat(result(next)).isTrue();
    }

    @Test
    void callerWaitsAgainAfterAFailure() {
        queue.call("SET", queue.key("ready"), "no list");
        assertThatThrownBy(() -> result(queue.operations().waits().awaitReady(queue.name, LONG)))
                .isInstanceOf(RedisCallException.class);
        queue.call("DEL", queue.key("ready"));
        queue.send("m1");
        assertThat(result(queue.operations().waits().awaitReady(queue.name, LONG)))
                .isTrue();
    }

    @Test
    void halfOfTheConnectionsAreLeftForOthers() {
        QueueOperations operations = TestQueue.operationsOn(TestRedis.shared());
        List<TestQueue> queues =
                Stream.generate(TestQueue::create).limit(POOL_SIZE / 2).toList();
        for (TestQueue waitedFor : queues) {
            assertThat(operations.waits().canAwait(waitedFor.name)).isTrue();
            operations.waits().awaitReady(waitedFor.name, LONG);
        }
        assertThat(operations.waits().canAwait(queue.name)).isFalse();
        assertThat(operations.waits().canAwait(queues.get(0).name))
                .as("shares a wait")
                .isTrue();
        queues.forEach(waitedFor -> waitedFor.send("m1"));
        await().until(() -> operations.waits().canAwait(queue.name));
    }

    @Test
    void failsWhenReadyHasTheWrongType() {
        queue.call("SET", queue.key("ready"), "no list");

        assertThatThrownBy(() -> result(queue.operations().waits().awaitReady(queue.name, LONG)))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("WRONGTYPE");
    }

    @Test
    void callerThatLeavesDoesNotDisturbTheOthers() {
        CompletableFuture<Boolean> first = queue.operations().waits().awaitReady(queue.name, LONG);
        CompletableFuture<Boolean> second = queue.operations().waits().awaitReady(queue.name, LONG);
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
            CompletableFuture<Boolean> waiting = own.operations().waits().awaitReady(own.name, LONG);
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
