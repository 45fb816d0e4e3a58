// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.jts.CosTransactions.RecoveryManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Recovery while Redis, or a part of it, cannot be read. */
class RecoveryTest {

    private final TestRedis redis = TestRedis.start("--appendonly", "yes", "--appendfsync", "always");
    private final QueueProbe queue = QueueProbe.create(redis);
    private final List<ResourceManager> managers = new ArrayList<>();
    private final CapturedLog log = new CapturedLog();

    @AfterEach
    void close() {
        managers.forEach(ResourceManager::release);
        redis.close();
        log.close();
    }

    private ResourceManager manager(Consumer<ConnectionProperties> setting) {
        TestProperties properties = TestProperties.of(redis);
        properties.setRecoveryTimeout(300);
        setting.accept(properties);
        ResourceManager manager = ResourceManager.acquire(properties);
        managers.add(manager);
        return manager;
    }

    private ResourceManager manager() {
        return manager(properties -> {});
    }

    private static Xid xid() {
        String global = HexFormat.of().formatHex(UUID.randomUUID().toString().getBytes());
        return BranchXid.parse("00000007-" + global + "-01").orElseThrow();
    }

    /** A prepared branch of a dead process, which sends this message. */
    private Xid prepared(String id) throws XAException {
        ResourceManager dead = manager(properties -> properties.setClientName("dead"));
        RedisXAResource resource = new RedisXAResource(dead);
        Xid xid = xid();
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.current().orElseThrow().send(new SendRequest(queue.name(), id, "sent".getBytes(), 0));
        resource.end(xid, XAResource.TMSUCCESS);
        resource.prepare(xid);
        managers.remove(dead);
        dead.release();
        return xid;
    }

    private void breakQueue(String name) {
        redis.call("SADD", "rq:queues", name);
        redis.call("SET", "rq:{" + name + "}:prepared", "no hash");
    }

    private List<String> logged(String id) {
        return log.lines().stream().filter(line -> line.startsWith(id + " ")).toList();
    }

    private static void assertCode(int code, ThrowingCallable call) {
        assertThatExceptionOfType(XAException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.errorCode).as(e.getMessage()).isEqualTo(code));
    }

    @Nested
    class WithAnUnreadableQueue {

        @Test
        void branchesOfOtherQueuesAreListedAndEnded() throws XAException {
            Xid committed = prepared("a");
            Xid rolledBack = prepared("b");
            breakQueue("broken");
            RedisXAResource resource = new RedisXAResource(manager());

            assertThat(resource.recover(XAResource.TMSTARTRSCAN)).containsExactlyInAnyOrder(committed, rolledBack);
            resource.commit(committed, false);
            resource.rollback(rolledBack);

            assertThat(queue.ready()).isEqualTo(List.of("a"));
            assertThat(queue.prepared()).isEmpty();
        }

        @Test
        void unlistedBranchIsNotReportedAsUnknown() {
            breakQueue("broken");
            RedisXAResource resource = new RedisXAResource(manager());

            assertCode(XAException.XA_RETRY, () -> resource.commit(xid(), false));
            assertCode(XAException.XAER_RMFAIL, () -> resource.rollback(xid()));
            assertCode(XAException.XAER_RMFAIL, () -> resource.forget(xid()));

            redis.call("DEL", "rq:{broken}:prepared");
            assertCode(XAException.XAER_NOTA, () -> resource.commit(xid(), false));
        }

        @Test
        void problemIsLoggedWhenItOccursAndWhenItChanges() throws XAException {
            breakQueue("broken");
            RedisXAResource resource = new RedisXAResource(manager());
            for (int i = 0; i < 3; i++) {
                resource.recover(XAResource.TMSTARTRSCAN);
            }
            assertThat(logged("RQ-407")).singleElement().asString().contains("broken", "WRONGTYPE");

            redis.call("DEL", "rq:{broken}:prepared");
            resource.recover(XAResource.TMSTARTRSCAN);
            breakQueue("broken");
            resource.recover(XAResource.TMSTARTRSCAN);
            assertThat(logged("RQ-407")).hasSize(2);
        }

        @Test
        void manyProblemsAreLoggedInFewLines() throws XAException {
            for (int i = 0; i < 50; i++) {
                breakQueue("broken" + i);
            }

            new RedisXAResource(manager()).recover(XAResource.TMSTARTRSCAN);

            assertThat(logged("RQ-407")).hasSize(10);
            assertThat(logged("RQ-412")).singleElement().asString().contains(" 40 ");
        }
    }

    @Test
    void branchOfTwoQueuesIsEndedInBoth() throws XAException {
        Xid xid = prepared("a");
        QueueProbe copy = QueueProbe.create(redis);
        redis.call("SADD", "rq:queues", copy.name());
        redis.call(
                "HSET",
                copy.key("prepared"),
                xid.toString(),
                "{\"consumed\":[],\"sent\":[[\"" + copy.name() + "\",\"x\",0]]}");
        redis.call("SET", copy.key("staged:" + xid + ":x"), "staged");
        RedisXAResource resource = new RedisXAResource(manager());

        assertThat(resource.recover(XAResource.TMSTARTRSCAN)).containsExactly(xid);
        resource.commit(xid, false);

        assertThat(queue.ready()).isEqualTo(List.of("a"));
        assertThat(copy.ready()).isEqualTo(List.of("x"));
        assertThat(queue.prepared()).isEmpty();
        assertThat(copy.prepared()).isEmpty();
    }

    @Test
    void malformedRecordIsReportedOnceAndLeftUnchanged() throws XAException {
        Xid xid = prepared("a");
        redis.call("HSET", queue.key("prepared"), xid.toString(), "malformed");
        RedisXAResource resource = new RedisXAResource(manager());
        assertThat(resource.recover(XAResource.TMSTARTRSCAN)).containsExactly(xid);

        assertCode(XAException.XA_RETRY, () -> resource.commit(xid, false));
        assertCode(XAException.XAER_RMFAIL, () -> resource.rollback(xid));
        assertCode(XAException.XAER_RMFAIL, () -> resource.forget(xid));

        assertThat(logged("RQ-408")).singleElement().asString().contains(xid.toString());
        assertThat(queue.prepared()).isEqualTo(List.of(xid.toString()));
    }

    @Test
    void malformedBranchIdIsReportedOnce() throws XAException {
        redis.call("SADD", "rq:queues", queue.name());
        redis.call("HSET", queue.key("prepared"), "by hand", "{}");
        RedisXAResource resource = new RedisXAResource(manager());

        assertThat(resource.recover(XAResource.TMSTARTRSCAN)).isEmpty();
        resource.recover(XAResource.TMSTARTRSCAN);

        assertThat(logged("RQ-409")).singleElement().asString().contains(queue.name());
    }

    @Test
    void unknownBranchesCauseOneListPerSecond() {
        RedisXAResource resource = new RedisXAResource(manager());
        long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertCode(XAException.XAER_NOTA, () -> resource.rollback(xid()));
        }
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();

        String calls = ((String) redis.call("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_smembers:"))
                .findFirst()
                .orElseThrow();
        assertThat(Long.parseLong(calls.replaceAll("cmdstat_smembers:calls=(\\d+),.*", "$1")))
                .isBetween(1L, seconds + 2);
    }

    @Test
    void unusedQueueIsDroppedAndAConsumedOneIsNot() {
        redis.call("SADD", "rq:queues", "unused");
        ResourceManager manager = manager();
        manager.operations().register(queue.name()).join();
        RecoveryGate gate = RecoveryGate.of("a test");
        Recovery recovery = new Recovery(manager.operations(), gate, "Redis", Duration.ZERO, Duration.ZERO);

        recovery.recover();
        assertThat(redis.call("SMEMBERS", "rq:queues")).isEqualTo(List.of(queue.name()));

        redis.call("SREM", "rq:queues", queue.name());
        recovery.recover();
        assertThat(redis.call("SMEMBERS", "rq:queues")).isEqualTo(List.of(queue.name()));
        gate.release();
    }

    @Test
    void recentlyUsedQueueIsNotDropped() {
        redis.call("SADD", "rq:queues", "unused");

        manager().recover();

        assertThat(redis.call("SMEMBERS", "rq:queues")).isEqualTo(List.of("unused"));
    }

    @Nested
    class WithATransactionManagerThatAsksOnce {

        @Test
        void waitsForRedis() throws Exception {
            Xid xid = prepared("a");
            redis.kill();
            RedisXAResource resource =
                    new RedisXAResource(manager(properties -> properties.setRecoveryTimeout(60_000)));
            CompletableFuture<Xid[]> recovery = CompletableFuture.supplyAsync(() -> atStart(resource));
            await().until(() -> !logged("RQ-405").isEmpty());

            redis.restart();

            assertThat(recovery).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(new Xid[] {xid});
            assertThat(logged("RQ-406")).isEmpty();
        }

        @Test
        void getsAnExceptionInsteadOfAnEmptyList() throws XAException {
            Xid xid = prepared("a");
            redis.kill();
            ResourceManager manager = manager();
            RedisXAResource resource = new RedisXAResource(manager);

            assertThatThrownBy(() -> RecoveryManager.recover(resource))
                    .as("an XAException would have the transaction manager go on")
                    .isInstanceOf(RecoveryAbandonedException.class)
                    .hasMessageStartingWith("RQ-411 ");

            assertThat(logged("RQ-406")).hasSize(1);
            assertThat(manager.mayDeliver()).isFalse();
            redis.restart();
            await().during(Duration.ofSeconds(3)).until(() -> !manager.mayDeliver());
            assertThat(RecoveryManager.recoverIncompleteTx(resource)).containsExactly(xid);
            assertThat(manager.mayDeliver())
                    .as("it asks only for what it has decided since it started")
                    .isFalse();
        }

        @Test
        void deliveriesResumeAfterAnotherRequest() throws XAException {
            prepared("a");
            redis.kill();
            ResourceManager manager = manager();
            RedisXAResource resource = new RedisXAResource(manager);
            assertThatThrownBy(() -> RecoveryManager.recover(resource)).isInstanceOf(RecoveryAbandonedException.class);

            redis.restart();
            await().ignoreExceptions().until(() -> RecoveryManager.recover(resource).length == 1);

            assertThat(manager.mayDeliver()).isTrue();
            assertThat(logged("RQ-410")).hasSize(1);
        }

        @Test
        void deliveriesResumeWhenNothingIsPrepared() {
            redis.kill();
            ResourceManager manager = manager();
            RedisXAResource resource = new RedisXAResource(manager);
            assertThatThrownBy(() -> RecoveryManager.recover(resource)).isInstanceOf(RecoveryAbandonedException.class);
            assertThat(manager.mayDeliver()).isFalse();

            redis.restart();

            await().until(manager::mayDeliver);
            assertThat(logged("RQ-410")).hasSize(1);
        }

        @Test
        void deliveriesResumeWhenAnOperatorHasEndedTheBranchesInDoubt() throws XAException {
            Xid xid = prepared("a");
            redis.kill();
            ResourceManager manager = manager();
            RedisXAResource resource = new RedisXAResource(manager);
            assertThatThrownBy(() -> RecoveryManager.recover(resource)).isInstanceOf(RecoveryAbandonedException.class);
            redis.restart();
            await().during(Duration.ofSeconds(3)).until(() -> !manager.mayDeliver());

            Xid later = prepared("b");
            new RedisXAResource(manager(properties -> properties.setClientName("operator"))).rollback(xid);

            await().until(manager::mayDeliver);
            assertThat(queue.prepared()).isEqualTo(List.of(later.toString()));
        }

        @Test
        void deliveriesWithOtherSettingsAreBlockedToo() {
            ResourceManager listeners = manager(properties -> properties.setClientName("listeners"));
            ResourceManager pool = manager(properties -> properties.setClientName("pool"));
            redis.kill();

            assertThatThrownBy(() -> RecoveryManager.recover(new RedisXAResource(pool)))
                    .isInstanceOf(RecoveryAbandonedException.class);

            assertThat(listeners.mayDeliver()).isFalse();
        }

        @Test
        void doesNotWaitIfRecoveryTimeoutIsZero() {
            redis.kill();
            ResourceManager manager = manager(properties -> properties.setRecoveryTimeout(0));

            assertCode(XAException.XAER_RMFAIL, () -> RecoveryManager.recover(new RedisXAResource(manager)));

            assertThat(logged("RQ-405")).isEmpty();
            assertThat(manager.mayDeliver()).isTrue();
        }

        private Xid[] atStart(RedisXAResource resource) {
            try {
                return RecoveryManager.recover(resource);
            } catch (XAException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void periodicRecoveryDoesNotWait() {
        redis.kill();
        ResourceManager manager = manager(properties -> properties.setRecoveryTimeout(60_000));

        assertCode(XAException.XAER_RMFAIL, () -> new RedisXAResource(manager).recover(XAResource.TMSTARTRSCAN));

        assertThat(logged("RQ-405")).isEmpty();
        assertThat(manager.mayDeliver()).isTrue();
    }
}
