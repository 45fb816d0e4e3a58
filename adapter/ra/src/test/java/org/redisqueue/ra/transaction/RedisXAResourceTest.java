// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.Serializable;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** The results and error codes of each call of the transaction manager. */
class RedisXAResourceTest {

    private static final AtomicInteger XIDS = new AtomicInteger();

    private TestRedis redis = TestRedis.shared();
    private ResourceManager manager;
    private QueueProbe queue;
    private RedisXAResource resource;
    private DeliveryConsumption delivery;

    @BeforeEach
    void acquire() {
        use(TestRedis.shared(), properties -> {});
    }

    @AfterEach
    void release() {
        manager.release();
        if (redis != TestRedis.shared()) {
            redis.close();
        }
    }

    private void use(TestRedis server, Consumer<ConnectionProperties> setting) {
        if (manager != null) {
            manager.release();
        }
        redis = server;
        manager = manager(setting);
        queue = QueueProbe.create(redis);
        resource = new RedisXAResource(manager);
    }

    private ResourceManager manager(Consumer<ConnectionProperties> setting) {
        TestProperties properties = TestProperties.of(redis);
        setting.accept(properties);
        return ResourceManager.acquire(properties);
    }

    private static Xid xid() {
        byte[] global = UUID.randomUUID().toString().getBytes();
        return BranchXid.parse(
                        "00000007-" + HexFormat.of().formatHex(global) + "-" + "%08x".formatted(XIDS.incrementAndGet()))
                .orElseThrow();
    }

    private Lease claim(String id, long leaseMillis) {
        queue.push(id, "value");
        return manager.operations()
                .claim(new ClaimRequest(queue.name(), 1, leaseMillis, 20, 1_000))
                .join()
                .messages()
                .get(0)
                .lease();
    }

    private SendRequest message(String id) {
        return new SendRequest(queue.name(), id, "sent".getBytes(), 0);
    }

    /** A branch that consumes this message, with its work done. */
    private Xid consuming(Lease lease) throws XAException {
        Xid xid = xid();
        delivery = new DeliveryConsumption(manager, lease);
        resource.deliver(delivery);
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.end(xid, XAResource.TMSUCCESS);
        return xid;
    }

    private Xid sending(String id) throws XAException {
        Xid xid = xid();
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.current().orElseThrow().send(message(id));
        resource.end(xid, XAResource.TMSUCCESS);
        return xid;
    }

    private Lease claimByAnotherConsumer(Lease lease) {
        redis.call("ZADD", queue.key("processing"), "XX", "1", lease.id() + " " + lease.token());
        return manager.operations()
                .claim(new ClaimRequest(queue.name(), 1, 60_000, 20, 1_000))
                .join()
                .messages()
                .get(0)
                .lease();
    }

    private static void assertCode(int code, ThrowingCallable call) {
        assertThatExceptionOfType(XAException.class).isThrownBy(call).satisfies(e -> {
            assertThat(e.errorCode).as(e.getMessage()).isEqualTo(code);
            assertThat(e).hasMessageMatching("(RQ-\\d{3} |Branch |The branch ).*");
        });
    }

    @Test
    void onePhaseCommitAcknowledgesAndPublishesTogether() throws XAException {
        Lease lease = claim("a", 60_000);
        Xid xid = xid();
        delivery = new DeliveryConsumption(manager, lease);
        resource.deliver(delivery);
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.current().orElseThrow().send(message("b"));
        resource.end(xid, XAResource.TMSUCCESS);
        assertThat(queue.exists("b")).as("before the commit").isFalse();

        resource.commit(xid, true);

        assertThat(delivery.end()).isEqualTo(Branch.State.COMMITTED);
        assertThat(queue.exists("a")).isFalse();
        assertThat(queue.processing()).isEmpty();
        assertThat(queue.ready()).isEqualTo(List.of("b"));
    }

    @Test
    void rollbackWritesNothing() throws XAException {
        Lease lease = claim("a", 60_000);
        Xid xid = consuming(lease);
        resource.rollback(xid);

        assertThat(delivery.end()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(queue.processing()).isEqualTo(List.of("a " + lease.token()));
        assertThat(queue.exists("a")).isTrue();
    }

    @Test
    void branchThatWasNotCommittedIsRolledBackAtTheEndOfItsDelivery() throws XAException {
        Xid xid = consuming(claim("a", 60_000));
        assertThat(delivery.end()).isEqualTo(Branch.State.ROLLED_BACK);
        assertCode(XAException.XAER_NOTA, () -> resource.commit(xid, true));
        assertThat(queue.exists("a")).isTrue();
    }

    @Test
    void onePhaseCommitAfterALostLeaseRollsBack() throws XAException {
        Lease lease = claim("a", 60_000);
        Xid xid = consuming(lease);
        claimByAnotherConsumer(lease);
        assertCode(XAException.XA_RBROLLBACK, () -> resource.commit(xid, true));
        assertThat(queue.exists("a")).isTrue();
    }

    @Test
    void prepareAfterALostLeaseRollsBack() throws XAException {
        Lease lease = claim("a", 60_000);
        Xid xid = consuming(lease);
        claimByAnotherConsumer(lease);
        assertCode(XAException.XA_RBROLLBACK, () -> resource.prepare(xid));
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void failedBranchCanOnlyBeRolledBack() throws XAException {
        Xid xid = xid();
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.current().orElseThrow().send(message("a"));
        resource.end(xid, XAResource.TMFAIL);
        assertCode(XAException.XA_RBROLLBACK, () -> resource.commit(xid, true));
        assertThat(queue.exists("a")).isFalse();
    }

    @Test
    void preparedBranchIsRecordedAndCommitted() throws XAException {
        Lease lease = claim("a", 60_000);
        Xid xid = xid();
        delivery = new DeliveryConsumption(manager, lease);
        resource.deliver(delivery);
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.current().orElseThrow().send(message("b"));
        resource.end(xid, XAResource.TMSUCCESS);

        assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
        assertThat(queue.prepared()).hasSize(1);
        assertThat(queue.ready()).isEmpty();
        assertThat(queue.exists("a")).isTrue();

        resource.commit(xid, false);
        assertThat(queue.prepared()).isEmpty();
        assertThat(queue.ready()).isEqualTo(List.of("b"));
        assertThat(queue.exists("a")).isFalse();
        assertThat(delivery.end()).isEqualTo(Branch.State.COMMITTED);
    }

    @Test
    void preparedBranchCanBeRolledBack() throws XAException {
        Lease lease = claim("a", 60_000);
        Xid xid = consuming(lease);
        resource.prepare(xid);
        resource.rollback(xid);

        assertThat(queue.prepared()).isEmpty();
        assertThat(queue.processing()).isEqualTo(List.of("a " + lease.token()));
        assertThat(delivery.end()).isEqualTo(Branch.State.ROLLED_BACK);
    }

    @Test
    void preparedMessageIsNotRedeliveredWhenItsDeliveryEndsInDoubt() throws XAException {
        Xid xid = consuming(claim("a", 60_000));
        resource.prepare(xid);
        assertThat(delivery.end()).isEqualTo(Branch.State.PREPARED);
        assertThat(queue.prepared()).hasSize(1);

        resource.rollback(xid);
        double due = Double.parseDouble((String) redis.call(
                "ZSCORE", queue.key("processing"), (String) queue.processing().get(0)));
        List<?> time = (List<?>) redis.call("TIME");
        assertThat(due)
                .as("due at once, as its consumer is gone")
                .isLessThanOrEqualTo(Double.parseDouble((String) time.get(0)) * 1_000 + 1_000);
    }

    @Test
    void emptyBranchIsReadOnly() throws XAException {
        Xid xid = xid();
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.end(xid, XAResource.TMSUCCESS);
        assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_RDONLY);
        assertCode(XAException.XAER_NOTA, () -> resource.commit(xid, false));
    }

    @Test
    void invalidCallsAreRejected() throws XAException {
        Xid xid = sending("a");
        assertCode(XAException.XAER_DUPID, () -> resource.start(xid, XAResource.TMNOFLAGS));
        assertCode(XAException.XAER_NOTA, () -> resource.start(xid(), XAResource.TMJOIN));
        assertCode(XAException.XAER_NOTA, () -> resource.end(xid(), XAResource.TMSUCCESS));
        assertCode(XAException.XAER_NOTA, () -> resource.prepare(xid()));
        assertCode(XAException.XAER_NOTA, () -> resource.commit(xid(), true));
        assertCode(XAException.XAER_NOTA, () -> resource.commit(xid(), false));
        assertCode(XAException.XAER_NOTA, () -> resource.rollback(xid()));
        assertCode(XAException.XAER_NOTA, () -> resource.forget(xid()));
        assertCode(XAException.XAER_PROTO, () -> resource.commit(xid, false));
        resource.prepare(xid);
        assertCode(XAException.XAER_PROTO, () -> resource.commit(xid, true));
        resource.rollback(xid);
        assertThat(queue.isGone()).isTrue();
    }

    @Test
    void resourcesOfOneRedisJoinOneBranch() throws XAException {
        RedisXAResource other = new RedisXAResource(manager);
        assertThat(resource.isSameRM(other)).isTrue();
        Lease lease = claim("a", 60_000);
        Xid xid = xid();
        delivery = new DeliveryConsumption(manager, lease);
        resource.deliver(delivery);
        resource.start(xid, XAResource.TMNOFLAGS);
        other.start(xid, XAResource.TMJOIN);
        other.current().orElseThrow().send(message("b"));
        other.end(xid, XAResource.TMSUCCESS);
        assertThat(other.current())
                .as("work after the end is not part of the branch")
                .isEmpty();
        resource.end(xid, XAResource.TMSUCCESS);

        resource.commit(xid, true);
        assertThat(queue.exists("a")).isFalse();
        assertThat(queue.ready()).isEqualTo(List.of("b"));
    }

    /** Begins a branch that consumes a message and another of the same transaction that sends one. */
    private Xid[] consumingAndSendingInTwoBranches() throws XAException {
        Xid first = xid();
        Xid second = BranchXid.parse(first + "01").orElseThrow();
        RedisXAResource other = new RedisXAResource(manager);
        delivery = new DeliveryConsumption(manager, claim("a", 60_000));
        resource.deliver(delivery);
        resource.start(first, XAResource.TMNOFLAGS);
        other.start(second, XAResource.TMNOFLAGS);
        other.current().orElseThrow().send(message("b"));
        other.end(second, XAResource.TMSUCCESS);
        resource.end(first, XAResource.TMSUCCESS);
        return new Xid[] {first, second};
    }

    @Test
    void secondBranchOfATransactionCommitsWithTheFirstInOnePhase() throws XAException {
        Xid[] branches = consumingAndSendingInTwoBranches();

        assertThat(resource.prepare(branches[1])).isEqualTo(XAResource.XA_RDONLY);
        assertThat(queue.prepared()).isEmpty();
        resource.commit(branches[0], true);

        assertThat(delivery.end()).isEqualTo(Branch.State.COMMITTED);
        assertThat(queue.exists("a")).isFalse();
        assertThat(queue.ready()).isEqualTo(List.of("b"));
        resource.start(branches[1], XAResource.TMNOFLAGS);
        assertThat(resource.current().orElseThrow().isReadOnly())
                .as("nothing is kept of it")
                .isTrue();
    }

    @Test
    void allBranchesOfATransactionArePreparedWithTheFirst() throws XAException {
        Xid[] branches = consumingAndSendingInTwoBranches();

        assertThat(resource.prepare(branches[0])).isEqualTo(XAResource.XA_OK);
        assertThat(resource.prepare(branches[1])).isEqualTo(XAResource.XA_RDONLY);
        assertThat(queue.prepared()).isEqualTo(List.of(branches[0].toString()));
        resource.commit(branches[0], false);

        assertThat(queue.exists("a")).isFalse();
        assertThat(queue.ready()).isEqualTo(List.of("b"));
    }

    @Test
    void secondBranchOfAFailedTransactionIsNotPrepared() throws XAException {
        Xid[] branches = consumingAndSendingInTwoBranches();

        resource.end(branches[0], XAResource.TMFAIL);

        assertCode(XAException.XA_RBROLLBACK, () -> resource.prepare(branches[1]));
        resource.rollback(branches[0]);
        assertThat(queue.exists("a")).isTrue();
        assertThat(queue.exists("b")).isFalse();
    }

    @Test
    void secondBranchOfATransactionIsNotCommittedAlone() throws XAException {
        Xid[] branches = consumingAndSendingInTwoBranches();

        assertCode(XAException.XAER_PROTO, () -> resource.commit(branches[1], true));

        assertThat(queue.exists("a")).isTrue();
        assertThat(queue.exists("b")).isFalse();
    }

    @Test
    void duplicateBranchIdLeavesItsTransactionUnchanged() throws XAException {
        Xid[] branches = consumingAndSendingInTwoBranches();
        assertThat(resource.prepare(branches[0])).isEqualTo(XAResource.XA_OK);

        assertCode(XAException.XAER_DUPID, () -> resource.start(branches[0], XAResource.TMNOFLAGS));
        Xid third = BranchXid.parse(branches[0] + "02").orElseThrow();
        resource.start(third, XAResource.TMNOFLAGS);
        resource.current().orElseThrow().send(message("c"));
        resource.end(third, XAResource.TMSUCCESS);

        assertThat(resource.prepare(third)).as("work that somebody commits").isEqualTo(XAResource.XA_OK);
    }

    @Test
    void rollbackOfAnyBranchRollsTheTransactionBack() throws XAException {
        Xid[] branches = consumingAndSendingInTwoBranches();

        resource.rollback(branches[1]);
        assertCode(XAException.XA_RBROLLBACK, () -> resource.prepare(branches[0]));

        assertThat(delivery.end()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(queue.exists("a")).isTrue();
        assertThat(queue.exists("b")).isFalse();
    }

    @Test
    void messageWithTheIdOfAConsumedOneIsRejected() throws XAException {
        Lease lease = claim("a", 60_000);
        Xid xid = xid();
        delivery = new DeliveryConsumption(manager, lease);
        resource.deliver(delivery);
        resource.start(xid, XAResource.TMNOFLAGS);
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> resource.current().orElseThrow().send(message("a")))
                .withMessageStartingWith("RQ-124 Message 'a'");
        resource.end(xid, XAResource.TMSUCCESS);
        resource.rollback(xid);
        assertThat(queue.exists("a")).isTrue();
    }

    @Test
    void workAfterARollbackByAnotherThreadIsRejected() throws Exception {
        Xid xid = xid();
        resource.start(xid, XAResource.TMNOFLAGS);
        CompletableFuture.runAsync(() -> {
                    try {
                        resource.end(xid, XAResource.TMFAIL);
                        resource.rollback(xid);
                    } catch (XAException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .get();
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> resource.current().orElseThrow().send(message("a")))
                .withMessageStartingWith("RQ-110 ");
        assertThat(queue.isGone()).isTrue();
        resource.dissociate();
        assertThat(resource.current()).isEmpty();
    }

    @Test
    void branchThatRecoveryHasRolledBackIsNotReportedAsCommitted() throws XAException {
        Xid xid = sending("a");
        resource.prepare(xid);
        ResourceManager later = manager(properties -> properties.setClientName("later"));
        new RedisXAResource(later).rollback(xid);
        later.release();
        assertCode(XAException.XAER_NOTA, () -> resource.commit(xid, false));
        assertThat(queue.isGone()).isTrue();
    }

    @Test
    void branchThatCannotBePreparedHasEnded() throws XAException {
        use(TestRedis.start(), properties -> {});
        Lease lease = claim("a", 60_000);
        Xid xid = xid();
        AtomicInteger rolledBack = new AtomicInteger();
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.current().orElseThrow().consume(new Consumption() {
            @Override
            public Lease lease() {
                return lease;
            }

            @Override
            public void rolledBack() {
                rolledBack.incrementAndGet();
            }
        });
        resource.current().orElseThrow().send(message("b"));
        resource.end(xid, XAResource.TMSUCCESS);
        redis.call("CONFIG", "SET", "maxmemory", "1");
        assertCode(XAException.XA_RBCOMMFAIL, () -> resource.prepare(xid));
        assertThat(rolledBack).hasValue(1);
        assertCode(XAException.XAER_NOTA, () -> resource.rollback(xid));
    }

    @Test
    void suspendedWorkIsResumed() throws XAException {
        Xid xid = xid();
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.end(xid, XAResource.TMSUSPEND);
        assertThat(resource.current()).isEmpty();
        resource.start(xid, XAResource.TMRESUME);
        resource.current().orElseThrow().send(message("a"));
        resource.end(xid, XAResource.TMSUCCESS);
        resource.commit(xid, true);
        assertThat(queue.ready()).isEqualTo(List.of("a"));
    }

    @Test
    void endOfOneBranchLeavesAnotherAssociated() throws XAException {
        Xid suspended = xid();
        resource.start(suspended, XAResource.TMNOFLAGS);
        resource.end(suspended, XAResource.TMSUSPEND);
        Xid current = xid();
        resource.start(current, XAResource.TMNOFLAGS);

        resource.end(suspended, XAResource.TMSUCCESS);

        resource.current().orElseThrow().send(message("a"));
        resource.end(current, XAResource.TMSUCCESS);
        assertThat(resource.current()).isEmpty();
        resource.rollback(suspended);
        resource.commit(current, true);
        assertThat(queue.ready()).isEqualTo(List.of("a"));
    }

    @Test
    void anotherProcessListsAndEndsPreparedBranches() throws XAException {
        Lease lease = claim("a", 60_000);
        Xid committed = consuming(lease);
        resource.prepare(committed);
        Xid rolledBack = sending("b");
        resource.prepare(rolledBack);
        ResourceManager later = manager(properties -> properties.setClientName("later"));
        try {
            RedisXAResource recovering = new RedisXAResource(later);
            assertThat(recovering.isSameRM(resource)).isFalse();
            assertThat(recovering.recover(XAResource.TMSTARTRSCAN)).contains(committed, rolledBack);
            assertThat(recovering.recover(XAResource.TMENDRSCAN)).isEmpty();

            recovering.commit(committed, false);
            recovering.rollback(rolledBack);
            assertThat(queue.processing()).isEmpty();
            assertThat(queue.exists("a")).isFalse();
            assertThat(queue.exists("b")).isFalse();
            assertThat(recovering.recover(XAResource.TMSTARTRSCAN)).doesNotContain(committed, rolledBack);
            assertCode(XAException.XAER_NOTA, () -> recovering.commit(committed, false));
        } finally {
            later.release();
        }
    }

    @Test
    void recoveredBranchCanBeCommittedWithoutAList() throws XAException {
        Xid xid = sending("a");
        resource.prepare(xid);
        ResourceManager later = manager(properties -> properties.setClientName("later"));
        try {
            new RedisXAResource(later).commit(xid, false);
            assertThat(queue.ready()).isEqualTo(List.of("a"));
        } finally {
            later.release();
        }
    }

    @Test
    void forgottenBranchLeavesDeadLetters() throws XAException {
        Xid xid = consuming(claim("a", 60_000));
        resource.prepare(xid);
        resource.forget(xid);
        assertThat(queue.prepared()).isEmpty();
        assertThat(queue.dead()).isEqualTo(List.of("a"));
        assertThat(queue.exists("a")).isTrue();
    }

    @Test
    void xidIsReturnedUnchanged() throws XAException {
        byte[] global = {0, 1, -1, 127};
        byte[] qualifier = new byte[64];
        Xid foreign = new Xid() {
            @Override
            public int getFormatId() {
                return -3;
            }

            @Override
            public byte[] getGlobalTransactionId() {
                return global;
            }

            @Override
            public byte[] getBranchQualifier() {
                return qualifier;
            }
        };
        resource.start(foreign, XAResource.TMNOFLAGS);
        resource.current().orElseThrow().send(message("a"));
        resource.end(foreign, XAResource.TMSUCCESS);
        resource.prepare(foreign);
        assertThat(resource.recover(XAResource.TMSTARTRSCAN)).anySatisfy(xid -> {
            assertThat(xid.getFormatId()).isEqualTo(-3);
            assertThat(xid.getGlobalTransactionId()).isEqualTo(global);
            assertThat(xid.getBranchQualifier()).isEqualTo(qualifier);
        });
        resource.rollback(foreign);
    }

    @Test
    void startAndEndDoNotCallRedis() throws XAException {
        use(TestRedis.shared(), properties -> properties.setAddresses("redis://127.0.0.1:" + TestRedis.freePort()));
        Xid xid = sending("a");
        assertCode(XAException.XAER_RMERR, () -> resource.commit(xid, true));
        Xid other = sending("b");
        assertCode(XAException.XA_RBCOMMFAIL, () -> resource.prepare(other));
        assertCode(XAException.XAER_RMFAIL, () -> resource.recover(XAResource.TMSTARTRSCAN));
        assertThat(manager.client().isConnected()).isFalse();
    }

    @Test
    void resourceIsNotSerializable() {
        assertThat(resource).isNotInstanceOf(Serializable.class);
    }

    @Test
    void commitWithALateReplyIsNotRedelivered() throws XAException {
        use(TestRedis.start(), properties -> properties.setResponseTimeout(500));
        Lease lease = claim("a", 60_000);
        Xid xid = consuming(lease);
        redis.call("CLIENT", "PAUSE", "1000", "ALL");

        resource.commit(xid, true);

        assertThat(queue.exists("a")).isFalse();
        assertThat(queue.processing()).isEmpty();
        assertThat(delivery.end()).isEqualTo(Branch.State.COMMITTED);
    }

    @Test
    void commitAnsweredAfterTheLeaseSucceedsIfNobodyClaimedTheMessage() throws XAException {
        use(TestRedis.start(), properties -> properties.setResponseTimeout(500));
        Xid xid = consuming(claim("a", 500));
        redis.call("CLIENT", "PAUSE", "1500", "ALL");
        resource.commit(xid, true);
        assertThat(queue.isGone()).isTrue();
    }

    @Test
    void commitWithALateReplyRollsBackIfAnotherConsumerClaimedTheMessage() throws XAException {
        use(TestRedis.start(), properties -> properties.setResponseTimeout(500));
        Lease lease = claim("a", 60_000);
        Xid xid = consuming(lease);
        Lease other = claimByAnotherConsumer(lease);
        redis.call("CLIENT", "PAUSE", "1500", "ALL");
        assertCode(XAException.XA_RBROLLBACK, () -> resource.commit(xid, true));
        assertThat(queue.processing()).isEqualTo(List.of("a " + other.token()));
    }

    @Test
    void commitWithALateReplyRollsBackIfAnotherConsumerAcknowledgedTheMessage() throws XAException {
        use(TestRedis.start(), properties -> properties.setResponseTimeout(500));
        Lease lease = claim("a", 60_000);
        Xid xid = consuming(lease);
        manager.operations()
                .acknowledge(List.of(claimByAnotherConsumer(lease)), List.of())
                .join();
        redis.call("CLIENT", "PAUSE", "1500", "ALL");
        assertCode(XAException.XA_RBROLLBACK, () -> resource.commit(xid, true));
        assertThat(queue.isGone()).isTrue();
    }

    @Test
    void commitWaitsForARedisThatRestarts() throws Exception {
        use(TestRedis.start("--appendonly", "yes", "--appendfsync", "always"), properties -> {});
        Xid xid = consuming(claim("a", 60_000));
        redis.call("CLIENT", "PAUSE", "60000", "WRITE");
        CompletableFuture<Void> commit = CompletableFuture.runAsync(
                () -> assertThatCode(() -> resource.commit(xid, true)).doesNotThrowAnyException());
        await().until(() -> ((String) redis.call("INFO", "clients")).contains("blocked_clients:1"));
        redis.kill();
        await().during(Duration.ofSeconds(3)).until(() -> !commit.isDone());
        redis.restart();
        assertThat(commit).succeedsWithin(Duration.ofSeconds(20));
        assertThat(queue.isGone()).isTrue();
    }

    @Test
    void commitWithALateReplyRollsBackIfOneOfItsLeasesIsLost() throws XAException {
        use(TestRedis.start(), properties -> properties.setResponseTimeout(500));
        Lease gone = claim("a", 60_000);
        Lease held = claim("b", 60_000);
        Xid xid = xid();
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.current().orElseThrow().consume(() -> gone);
        resource.current().orElseThrow().consume(() -> held);
        resource.end(xid, XAResource.TMSUCCESS);
        redis.call("ZREM", queue.key("processing"), "a " + gone.token());
        redis.call("CLIENT", "PAUSE", "1500", "ALL");
        assertCode(XAException.XA_RBROLLBACK, () -> resource.commit(xid, true));
        assertThat(queue.processing()).isEqualTo(List.of("b " + held.token()));
    }

    @Test
    void commitStopsWaitingForRedisWhenTheAdapterStops() throws Exception {
        use(TestRedis.start(), properties -> {});
        Xid xid = consuming(claim("a", 60_000));
        redis.call("CLIENT", "PAUSE", "60000", "WRITE");
        CompletableFuture<Void> commit =
                CompletableFuture.runAsync(() -> assertCode(XAException.XAER_RMFAIL, () -> resource.commit(xid, true)));
        await().until(() -> ((String) redis.call("INFO", "clients")).contains("blocked_clients:1"));
        manager.release();
        assertThat(commit).succeedsWithin(Duration.ofSeconds(20));
        use(TestRedis.shared(), properties -> {});
    }

    @Test
    void sendWhoseReplyIsLateIsCommittedOnce() throws XAException {
        use(TestRedis.start(), properties -> properties.setResponseTimeout(500));
        resource.commit(sending("connected"), true);
        Xid xid = sending("a");
        redis.call("CLIENT", "PAUSE", "1500", "ALL");

        resource.commit(xid, true);

        assertThat(queue.ready()).isEqualTo(List.of("a", "connected"));
    }

    @Test
    void secondCommitAfterXaRetryJoinsTheSameCall() throws XAException {
        use(TestRedis.start(), properties -> properties.setResponseTimeout(500));
        Xid xid = sending("a");
        resource.prepare(xid);
        redis.call("CLIENT", "PAUSE", "7000", "WRITE");
        assertCode(XAException.XA_RETRY, () -> resource.commit(xid, false));

        await().untilAsserted(() -> resource.commit(xid, false));

        assertThat(queue.ready()).isEqualTo(List.of("a"));
        assertCode(XAException.XAER_NOTA, () -> resource.commit(xid, false));
    }

    @Test
    void branchThatRecoveryHasCommittedIsReportedAsCommitted() throws XAException {
        Xid xid = sending("a");
        resource.prepare(xid);
        ResourceManager later = manager(properties -> properties.setClientName("later"));
        new RedisXAResource(later).commit(xid, false);
        later.release();

        resource.commit(xid, false);

        assertThat(queue.ready()).isEqualTo(List.of("a"));
    }

    @Test
    void preparationOfUnknownOutcomeIsRolledBackWhenRedisReturns() throws XAException {
        use(TestRedis.start(), properties -> properties.setResponseTimeout(500));
        Lease lease = claim("a", 60_000);
        Xid xid = consuming(lease);
        manager.operations().send(List.of(message("known"))).join();
        redis.call("CLIENT", "PAUSE", "3000", "ALL");

        assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
        resource.rollback(xid);

        assertThat(queue.prepared()).isEmpty();
        assertThat(queue.processing()).isEqualTo(List.of("a " + lease.token()));
    }

    @Test
    void unansweredSecondPhaseReturnsXaRetry() throws XAException {
        use(TestRedis.start("--appendonly", "yes", "--appendfsync", "always"), properties -> {
            properties.setResponseTimeout(500);
        });
        Xid xid = sending("a");
        resource.prepare(xid);
        redis.kill();
        assertCode(XAException.XA_RETRY, () -> resource.commit(xid, false));
        redis.restart();
        await().untilAsserted(() -> resource.commit(xid, false));
        assertThat(queue.ready()).isEqualTo(List.of("a"));
    }

    @Test
    void replicaDoesNotListPreparedBranches() throws XAException {
        use(TestRedis.start(), properties -> {});
        Xid xid = sending("a");
        resource.prepare(xid);
        redis.call("REPLICAOF", "127.0.0.1", "1");
        assertCode(XAException.XAER_RMFAIL, () -> resource.recover(XAResource.TMSTARTRSCAN));
        redis.call("REPLICAOF", "NO", "ONE");
        assertThat(resource.recover(XAResource.TMSTARTRSCAN)).hasSize(1);
    }

    @Test
    void fullRedisRollsSendsBack() throws XAException {
        use(TestRedis.start(), properties -> {});
        resource.commit(sending("a"), true);
        redis.call("CONFIG", "SET", "maxmemory", "1");
        Xid xid = sending("b");
        assertCode(XAException.XAER_RMERR, () -> resource.commit(xid, true));
        redis.call("CONFIG", "SET", "maxmemory", "0");
        assertThat(queue.ready()).isEqualTo(List.of("a"));
    }

    @Test
    void deliveryJoinsTheBranchOfAConnection() throws XAException {
        Xid xid = xid();
        delivery = new DeliveryConsumption(manager, claim("a", 60_000));
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.consume(delivery);
        resource.end(xid, XAResource.TMSUCCESS);

        resource.commit(xid, true);

        assertThat(delivery.end()).isEqualTo(Branch.State.COMMITTED);
        assertThat(queue.isGone()).isTrue();
    }

    private void assertForgotten(Xid xid) {
        assertCode(XAException.XAER_NOTA, () -> resource.end(xid, XAResource.TMSUCCESS));
    }

    @Test
    void branchThatIsRolledBackInsteadOfPreparedIsForgotten() throws XAException {
        Lease lease = claim("a", 60_000);
        Xid xid = consuming(lease);
        claimByAnotherConsumer(lease);
        assertCode(XAException.XA_RBROLLBACK, () -> resource.prepare(xid));

        assertForgotten(xid);
    }

    @Test
    void branchThatIsRolledBackInsteadOfCommittedIsForgotten() throws XAException {
        Lease lease = claim("a", 60_000);
        Xid xid = consuming(lease);
        claimByAnotherConsumer(lease);
        assertCode(XAException.XA_RBROLLBACK, () -> resource.commit(xid, true));

        assertForgotten(xid);
    }

    @Test
    void secondBranchOfAFailedTransactionIsForgotten() throws XAException {
        Xid[] branches = consumingAndSendingInTwoBranches();
        resource.end(branches[0], XAResource.TMFAIL);
        assertCode(XAException.XA_RBROLLBACK, () -> resource.prepare(branches[1]));

        assertForgotten(branches[1]);
    }

    @Test
    void branchWhoseCommitWasNotExecutedIsForgotten() throws XAException {
        use(TestRedis.shared(), properties -> properties.setAddresses("redis://127.0.0.1:" + TestRedis.freePort()));
        Xid xid = sending("a");
        assertCode(XAException.XAER_RMERR, () -> resource.commit(xid, true));

        assertForgotten(xid);
    }

    @Test
    void branchThatIsForgottenOnRequestIsUnknown() throws XAException {
        Xid xid = consuming(claim("a", 60_000));
        resource.prepare(xid);
        resource.forget(xid);

        assertForgotten(xid);
    }

    @Test
    void commitOfABranchThatRecoveryHasRolledBackIsLogged() throws XAException {
        Xid xid = sending("a");
        resource.prepare(xid);
        endElsewhere(other -> other.rollback(xid));

        try (CapturedLog log = new CapturedLog()) {
            assertCode(XAException.XAER_NOTA, () -> resource.commit(xid, false));

            assertThat(log.lines()).anyMatch(line -> line.startsWith("RQ-404 ") && line.contains(xid.toString()));
        }
        assertForgotten(xid);
    }

    @Test
    void commitOfABranchThatRedisHasLostIsHeuristic() throws XAException {
        Xid xid = sending("a");
        resource.prepare(xid);
        redis.call("DEL", queue.key("prepared"));

        try (CapturedLog log = new CapturedLog()) {
            assertCode(XAException.XA_HEURRB, () -> resource.commit(xid, false));

            assertThat(log.lines()).anyMatch(line -> line.startsWith("RQ-418 ") && line.contains(xid.toString()));
        }
        resource.forget(xid);
        assertForgotten(xid);
    }

    @Test
    void rollbackOfABranchThatRedisHasLostSucceeds() throws XAException {
        Xid xid = sending("a");
        resource.prepare(xid);
        redis.call("DEL", queue.key("prepared"));

        resource.rollback(xid);

        assertForgotten(xid);
    }

    @Test
    void rollbackOfABranchThatRecoveryHasCommittedIsHeuristic() throws XAException {
        Xid xid = sending("a");
        resource.prepare(xid);
        endElsewhere(other -> other.commit(xid, false));

        try (CapturedLog log = new CapturedLog()) {
            assertCode(XAException.XA_HEURCOM, () -> resource.rollback(xid));

            assertThat(log.lines()).anyMatch(line -> line.startsWith("RQ-404 ") && line.contains(xid.toString()));
        }
        assertForgotten(xid);
    }

    @Test
    void rollbackOfABranchThatAnOperatorHasForgottenIsLogged() throws XAException {
        Xid xid = consuming(claim("a", 60_000));
        resource.prepare(xid);
        endElsewhere(other -> other.forget(xid));

        try (CapturedLog log = new CapturedLog()) {
            resource.rollback(xid);

            assertThat(log.lines()).anyMatch(line -> line.startsWith("RQ-404 ") && line.contains(xid.toString()));
        }
        assertForgotten(xid);
    }

    @Test
    void rollbackOfAPreparedBranchIsNotLogged() throws XAException {
        Xid xid = sending("a");
        resource.prepare(xid);

        try (CapturedLog log = new CapturedLog()) {
            resource.rollback(xid);

            assertThat(log.lines()).noneMatch(line -> line.contains(xid.toString()));
        }
    }

    @Test
    void unconfirmedCommitOfAPreparedBranchIsLogged() throws XAException {
        use(TestRedis.start(), properties -> properties.setResponseTimeout(500));
        Xid xid = sending("a");
        resource.prepare(xid);
        redis.kill();

        try (CapturedLog log = new CapturedLog()) {
            assertCode(XAException.XA_RETRY, () -> resource.commit(xid, false));

            assertThat(log.lines())
                    .anyMatch(
                            line -> line.startsWith("RQ-402 Branch '" + xid + "': Redis did not confirm the commit "));
        }
    }

    private interface EndOfBranch {
        void by(XAResource other) throws XAException;
    }

    /** Recovery or an operator ends a branch. */
    private void endElsewhere(EndOfBranch end) throws XAException {
        ResourceManager later = manager(properties -> properties.setClientName("later"));
        try {
            end.by(new RedisXAResource(later));
        } finally {
            later.release();
        }
    }
}
