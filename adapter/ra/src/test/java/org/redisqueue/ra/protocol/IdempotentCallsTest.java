// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.FaultyTransport.Fault;
import org.redisqueue.ra.protocol.FaultyTransport.Sent;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** A call takes effect once and its outcome is known, whatever happens to its requests and replies. */
class IdempotentCallsTest {

    private static final int REPEATED = 1;
    private static final int STALE = 4;
    private static final int LATE = 5;

    private static TestRedis redis;
    private static RedisClient client;

    private final Caller caller = new Caller(Lanes.PATIENCE);
    private final FaultyTransport wire = caller.wire;
    private final QueueOperations operations = caller.operations;
    private final TestQueue queue = caller.queue;

    @BeforeAll
    static void start() {
        // After a diskless transfer, a replica receives later writes only with its next confirmation, up to a second
        // later.
        redis = TestRedis.start("--repl-diskless-sync", "no");
        client = RedisClient.acquire(TestProperties.of(redis));
    }

    @AfterAll
    static void stop() {
        client.release();
        redis.close();
    }

    /** An operation whose effect is visible in the keys, with its preparation. */
    private enum Operation {
        SEND {
            @Override
            void arrange(Scene scene) {}

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue.operations().send(scene.queue.messages("m1", "m2"));
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat((List<?>) result).as("duplicates").isEmpty();
                assertThat(scene.queue.ready()).containsExactly("m1", "m2");
            }
        },
        ACKNOWLEDGE {
            @Override
            void arrange(Scene scene) {
                scene.lease = scene.queue.held("m1");
            }

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue.operations().acknowledge(List.of(scene.lease), scene.queue.messages("m2"));
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat(((AcknowledgmentResult) result).done()).isTrue();
                assertThat(scene.queue.everything())
                        .containsOnlyKeys(scene.queue.key("ready"), scene.queue.key("message:m2"));
            }
        },
        PREPARE {
            @Override
            void arrange(Scene scene) {
                scene.lease = scene.queue.held("m1");
            }

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue
                        .operations()
                        .prepare(scene.branch, scene.queue.name, List.of(scene.lease), scene.queue.messages("m2"));
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat(((PreparationResult) result).done()).isTrue();
                assertThat(scene.queue.prepared()).containsOnlyKeys(scene.branch);
                assertThat(scene.queue.due(scene.lease)).isInfinite();
            }
        },
        COMMIT {
            @Override
            void arrange(Scene scene) {
                PREPARE.arrange(scene);
                result(PREPARE.call(scene));
            }

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue.operations().commit(scene.branch, scene.queue.name, false);
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat(result).isEqualTo(BranchEndResult.DONE);
                assertThat(scene.queue.everything())
                        .containsOnlyKeys(scene.queue.key("ready"), scene.queue.key("message:m2"));
            }
        },
        SEND_KEY {
            @Override
            void arrange(Scene scene) {
                SendRequest kept = scene.keyed("m1", false);
                result(scene.queue.operations().acknowledge(List.of(), List.of(kept)));
                result(scene.queue.operations().claim(new ClaimRequest(scene.queue.name, 1, 60_000, 5, 1_000)));
            }

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue
                        .operations()
                        .acknowledge(List.of(), List.of(scene.keyed("m2", false), scene.queue.message("m3")));
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat(((AcknowledgmentResult) result).dropped())
                        .extracting(conflict -> conflict.kept().orElseThrow())
                        .containsExactly("m1");
                assertThat(scene.queue.ready()).containsExactly("m3");
            }
        },
        RESERVE_KEY {
            @Override
            void arrange(Scene scene) {}

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue
                        .operations()
                        .prepare(scene.branch, scene.queue.name, List.of(), List.of(scene.keyed("m1", true)));
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat(((PreparationResult) result).done()).isTrue();
                assertThat(scene.queue.everything())
                        .containsEntry(scene.queue.key("dedup:k"), "m1 " + scene.queue.name + " " + scene.branch);
            }
        },
        COMMIT_KEY {
            @Override
            void arrange(Scene scene) {
                result(RESERVE_KEY.call(scene));
            }

            @Override
            CompletableFuture<?> call(Scene scene) {
                return COMMIT.call(scene);
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat(result).isEqualTo(BranchEndResult.DONE);
                assertThat(scene.queue.everything()).containsEntry(scene.queue.key("dedup:k"), "m1");
                assertThat(scene.queue.prepared()).isEmpty();
            }
        },
        ROLLBACK {
            @Override
            void arrange(Scene scene) {
                COMMIT.arrange(scene);
            }

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue.operations().rollback(scene.branch, scene.queue.name, false, 60_000);
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat(result).isEqualTo(BranchEndResult.DONE);
                assertThat(scene.queue.prepared()).isEmpty();
                assertThat(scene.queue.due(scene.lease)).isFinite();
                assertThat(scene.queue.ready()).isEmpty();
            }
        },
        REDELIVER {
            @Override
            void arrange(Scene scene) {
                scene.lease = scene.queue.held("m1");
            }

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue.operations().redeliver(scene.lease, 60_000, 9, "it failed");
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat(result).isEqualTo(RedeliveryResult.WAITING);
                assertThat(scene.queue.failures()).isEqualTo(Map.of("m1", "1"));
                assertThat(scene.queue.processing()).containsOnlyKeys("m1 -");
            }
        },
        TAKE_BACK {
            @Override
            void arrange(Scene scene) {
                REDELIVER.arrange(scene);
                result(REDELIVER.call(scene));
            }

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue
                        .operations()
                        .takeBack(List.of(TakeBackRequest.ofWaiting(scene.queue.name, "m1", 1, 0)));
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat((List<?>) result).as("left alone").isEmpty();
                assertThat(scene.queue.failures()).isEmpty();
                assertThat(scene.queue.processing()).containsOnlyKeys("m1 -");
            }
        },
        SCHEDULE {
            @Override
            void arrange(Scene scene) {}

            @Override
            CompletableFuture<?> call(Scene scene) {
                SendRequest message =
                        new SendRequest(scene.queue.name, "m1", new byte[0], 60_000, new SendOptions(3_600_000, 0));
                return scene.queue.operations().send(List.of(message));
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat((List<?>) result).as("duplicates").isEmpty();
                assertThat(scene.queue.scheduled()).containsOnlyKeys("m1");
                assertThat(scene.queue.expiry()).containsOnlyKeys("m1");
            }
        },
        CANCEL {
            @Override
            void arrange(Scene scene) {
                result(SCHEDULE.call(scene));
            }

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue.operations().schedule().cancel(scene.queue.name, "m1");
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat(result).isEqualTo(true);
                assertThat(scene.queue.everything()).isEmpty();
            }
        },
        DEAD_LETTER {
            @Override
            void arrange(Scene scene) {
                scene.lease = scene.queue.held("m1");
            }

            @Override
            CompletableFuture<?> call(Scene scene) {
                return scene.queue.operations().deadLetter(scene.lease, "it failed");
            }

            @Override
            void assertDone(Scene scene, Object result) {
                assertThat(result).isEqualTo(RedeliveryResult.DEAD);
                assertThat(scene.queue.dead()).containsExactly("m1");
                assertThat(scene.queue.processing()).isEmpty();
            }
        };

        abstract void arrange(Scene scene);

        abstract CompletableFuture<?> call(Scene scene);

        abstract void assertDone(Scene scene, Object result);
    }

    private static final class Scene {

        private final TestQueue queue;
        private final String branch;
        private Lease lease;

        private Scene(TestQueue queue) {
            this(queue, UUID.randomUUID().toString());
        }

        private Scene(TestQueue queue, String branch) {
            this.queue = queue;
            this.branch = branch;
        }

        private SendRequest keyed(String id, boolean rollback) {
            SendOptions options = new SendOptions(0, 0, new Deduplication("k", 60_000, rollback), null);
            return new SendRequest(queue.name, id, id.getBytes(StandardCharsets.UTF_8), 0, options);
        }

        private Scene on(TestQueue other) {
            Scene same = new Scene(other, branch);
            same.lease = lease;
            return same;
        }
    }

    /** Makes calls on a queue, over a wire. */
    private static final class Caller {

        private FaultyTransport wire;
        private final QueueOperations operations;
        private final TestQueue queue;

        /** A caller that retries calls for this long. */
        private Caller(Duration patience) {
            operations = TestQueue.operationsOf(client, patience, FaultyTransport.shownTo(shown -> wire = shown));
            queue = TestQueue.create(redis, operations);
        }

        private Scene arranged(Operation operation) {
            Scene scene = new Scene(queue);
            operation.arrange(scene);
            TestQueue.create(redis, operations).send("m0"); // the clock of Redis is known from now on
            return scene;
        }

        private Sent lastSent() {
            List<Sent> sent = wire.sent();
            return sent.get(sent.size() - 1);
        }

        /** Completes everything that the operation has left, so that the effect of a duplicate would be visible. */
        private void finish(Scene scene) {
            operations.rollback(scene.branch, queue.name, false, 0).join();
            queue.everything().keySet().forEach(key -> queue.call("DEL", key));
            if (scene.lease != null) {
                queue.call("SET", queue.key("message:" + scene.lease.id()), "value");
                queue.call("ZADD", queue.key("processing"), "1e15", scene.lease.member());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void callWhoseRequestsAreLostIsExecuted(Operation operation) {
        Scene scene = caller.arranged(operation);
        wire.failNext(Fault.REQUEST_LOST, Fault.REQUEST_LOST);

        operation.assertDone(scene, result(operation.call(scene)));
    }

    @TestFactory
    Stream<DynamicTest> callIsRetriedAfterAClaimHasFailed() {
        return together(Lanes.PATIENCE, (operation, own) -> {
            Scene scene = own.arranged(operation);
            TestQueue unreadable = TestQueue.create(redis, own.operations);
            unreadable.call("SET", unreadable.key("ready"), "not a list");
            assertThat(own.operations.claim(new ClaimRequest(unreadable.name, 1, 60_000, 5, 1_000)))
                    .failsWithin(Duration.ofSeconds(10));
            own.wire.failNext(Collections.nCopies(5, Fault.REQUEST_LOST).toArray(Fault[]::new));
            CompletableFuture<?> call = operation.call(scene);

            return () -> operation.assertDone(scene, result(call));
        });
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void callWhoseRepliesAreLostIsExecutedOnce(Operation operation) {
        Scene scene = caller.arranged(operation);
        wire.failNext(Fault.REPLY_LOST, Fault.REPLY_LOST);

        operation.assertDone(scene, result(operation.call(scene)));
        assertThat(wire.deliverDuplicate(caller.lastSent())).isEqualTo(REPEATED);
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void messageThatWasConsumedMeanwhileIsNotSentAgain(Operation operation) {
        Scene scene = caller.arranged(operation);
        wire.beforeRetransmission(() -> {
            wire.beforeRetransmission(() -> {});
            redis.call("DEL", queue.key("ready")); // another consumer takes what is ready
        });
        wire.failNext(Fault.REPLY_LOST);

        result(operation.call(scene));

        assertThat(queue.ready()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void delayedDuplicateHasNoEffectAfterALaterCall(Operation operation) {
        Scene scene = caller.arranged(operation);
        wire.failNext(Fault.REQUEST_LOST);
        operation.assertDone(scene, result(operation.call(scene)));
        Sent duplicate = caller.lastSent();
        caller.finish(scene);
        Map<String, Object> before = queue.everything();
        followUp(duplicate);

        assertThat(wire.deliverDuplicate(duplicate)).isEqualTo(STALE);

        assertThat(queue.everything()).isEqualTo(before);
    }

    /** Makes another call in the same lane. */
    private void followUp(Sent earlier) {
        List<Object> arguments = new ArrayList<>(earlier.arguments());
        arguments.set(
                0,
                "%016d later "
                        .formatted(Long.parseLong(arguments.get(0).toString().substring(0, 16)) + 1_000));
        TestQueue elsewhere = TestQueue.create(redis, operations);
        List<Object> keys = List.of(
                earlier.keys().get(0),
                elsewhere.key("processing"),
                elsewhere.key("failures"),
                elsewhere.key("abandoned"),
                elsewhere.key("expiry"),
                elsewhere.key("ready"));
        Sent later = new Sent(
                new Lanes.Work("send", Script.ACKNOWLEDGE, List.of(), List.of(), 0),
                keys,
                List.of(arguments.get(0), arguments.get(1), 1, 1, 0, 0, 0, 0, 0, 0));
        assertThat(wire.deliverDuplicate(later)).isZero();
    }

    @TestFactory
    Stream<DynamicTest> delayedDuplicateHasNoEffectAfterItsReceiptHasExpired() {
        return together(Duration.ofSeconds(1), (operation, own) -> {
            Scene scene = own.arranged(operation);
            operation.assertDone(scene, result(operation.call(scene)));
            Sent duplicate = own.lastSent();
            own.finish(scene);
            Map<String, Object> before = own.queue.everything();
            redis.call("DEL", duplicate.keys().get(0)); // its hour is over
            double deadline = Double.parseDouble(duplicate.arguments().get(1).toString());

            return () -> {
                await().until(() -> own.queue.now() / 1_000 > deadline + 1);

                assertThat(own.wire.deliverDuplicate(duplicate)).isEqualTo(LATE);

                assertThat(own.queue.everything()).isEqualTo(before);
            };
        });
    }

    /** Begins a test with each operation before it ends the first one, because they wait for seconds. */
    private static Stream<DynamicTest> together(Duration patience, BiFunction<Operation, Caller, Executable> test) {
        List<DynamicTest> begun = Stream.of(Operation.values())
                .map(operation -> DynamicTest.dynamicTest(operation.name(), begun(operation, patience, test)))
                .toList();
        return begun.stream();
    }

    /** The rest of a test, which fails if its beginning has failed. */
    private static Executable begun(
            Operation operation, Duration patience, BiFunction<Operation, Caller, Executable> test) {
        try {
            return test.apply(operation, new Caller(patience));
        } catch (RuntimeException | Error e) {
            return () -> {
                throw e;
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void callsTakeEffectAlthoughAClonedProcessUsesTheSameLanes(Operation operation) {
        Scene scene = caller.arranged(operation);
        // The clone has used the lanes since: each has a receipt of a later call.
        for (Object lane : (List<?>) redis.call("KEYS", "rq:lane:*")) {
            redis.call("SET", lane, "0000000001000000 clone ");
        }

        operation.assertDone(scene, result(operation.call(scene)));

        assertThat(wire.sent().stream().map(sent -> sent.keys().get(0)).distinct())
                .as("lanes of a new name")
                .hasSizeGreaterThan(1);
    }

    @Nested
    class Failover {

        private final TestRedis replica = TestRedis.start();
        private final RedisClient promoted = RedisClient.acquire(TestProperties.of(replica));
        private FaultyTransport wireToReplica;
        private final TestQueue afterwards = TestQueue.named(
                queue.name,
                replica,
                TestQueue.operationsOf(
                        promoted, Lanes.PATIENCE, FaultyTransport.shownTo(shown -> wireToReplica = shown)));

        private void replicate() {
            replica.call("REPLICAOF", redis.host(), Integer.toString(redis.port()));
            awaitReplication();
        }

        private void awaitReplication() {
            redis.call("SET", "rq:replicated", UUID.randomUUID().toString());
            Object last = redis.call("GET", "rq:replicated");
            await().until(() -> last.equals(replica.call("GET", "rq:replicated")));
        }

        @ParameterizedTest
        @EnumSource(Operation.class)
        void toAReplicaWithTheCallReportsItsOutcome(Operation operation) {
            Scene scene = caller.arranged(operation);
            replicate();
            wire.beforeRetransmission(() -> {
                awaitReplication();
                replica.call("REPLICAOF", "NO", "ONE");
                wire.redirectTo(wireToReplica);
            });
            wire.failNext(Fault.REPLY_LOST);

            Object result = result(operation.call(scene));

            operation.assertDone(scene.on(afterwards), result);
            end();
        }

        @ParameterizedTest
        @EnumSource(Operation.class)
        void toAReplicaWithoutTheCallExecutesItThere(Operation operation) {
            Scene scene = caller.arranged(operation);
            replicate();
            replica.call("REPLICAOF", "NO", "ONE");
            wire.beforeRetransmission(() -> wire.redirectTo(wireToReplica));
            wire.failNext(Fault.REPLY_LOST);

            Object result = result(operation.call(scene));

            operation.assertDone(scene.on(afterwards), result);
            end();
        }

        private void end() {
            promoted.release();
            replica.close();
        }
    }

    @Test
    void callOfAnotherProcessUnderTheSameNumberIsRefused() {
        queue.send("m0");
        Sent sent = caller.lastSent();
        List<Object> arguments = new ArrayList<>(sent.arguments());
        arguments.set(0, arguments.get(0).toString().substring(0, 17) + "other ");
        Map<String, Object> before = queue.everything();

        assertThat(wire.deliverDuplicate(new Sent(sent.work(), sent.keys(), arguments)))
                .isEqualTo(3);

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void callThatRedisRefusesAfterAnEarlierOneStalledIsFenced() {
        queue.send("m0");
        wire.failNext(Fault.REQUEST_LOST); // it stalls
        wire.beforeRetransmission(() -> redis.call("CONFIG", "SET", "maxmemory", "1"));
        try {
            CompletableFuture<List<SendRequest>> sending = operations.send(queue.messages("m1"));
            assertThat(sending)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            RedisCallException.class,
                            e -> assertThat(e.outcomeUnknown()).isFalse());
        } finally {
            redis.call("CONFIG", "SET", "maxmemory", "0");
        }
        Sent stalled = wire.sent().stream()
                .filter(each -> each.work().script() == Script.SEND)
                .reduce((first, second) -> second)
                .orElseThrow();

        assertThat(wire.deliverDuplicate(stalled)).as("fenced").isEqualTo(2);

        assertThat(queue.ready()).containsExactly("m0");
    }

    @Test
    void callWhoseRepliesAreAllLostCanBeSettledLater() {
        FaultyTransport[] impatient = new FaultyTransport[1];
        QueueOperations briefly = TestQueue.operationsOf(
                client, Duration.ofSeconds(1), FaultyTransport.shownTo(shown -> impatient[0] = shown));
        briefly.send(queue.messages("m0")).join();
        impatient[0].failNext(Collections.nCopies(30, Fault.REPLY_LOST).toArray(Fault[]::new));

        RedisCallException failure =
                catchThrowableOfType(RedisCallException.class, () -> result(briefly.send(queue.messages("m1"))));

        assertThat(failure.outcomeUnknown()).isTrue();
        impatient[0].heal();
        assertThat(failure.<AcknowledgmentResult>unsettled())
                .hasValueSatisfying(call -> assertThat(result(call.settle()))
                        .hasValueSatisfying(
                                sent -> assertThat(sent.duplicates()).isEmpty()));
        assertThat(queue.ready()).containsExactly("m0", "m1");
    }

    @Test
    void callsOfOneLaneShareItsReceipt() {
        for (int i = 0; i < 5; i++) {
            queue.send("m" + i);
        }

        assertThat(wire.sent().stream().map(sent -> sent.keys().get(0)).distinct())
                .hasSize(1);
        Lease lease = lease(queue.claim(1));
        assertThat(queue.acknowledge(lease).done()).isTrue();
    }
}
