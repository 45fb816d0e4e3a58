// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.BranchEndResult;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.Deduplication;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.protocol.SendOptions;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.protocol.UnreliableOperations;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** The states of a branch, also if Redis does not answer its calls before the adapter stops retrying. */
class BranchTest {

    private static final long LEASE = 60_000;

    private final RedisClient client = RedisClient.acquire(TestProperties.of(TestRedis.shared()));
    private final UnreliableOperations redis = new UnreliableOperations(client);
    private final QueueProbe queue = QueueProbe.create(TestRedis.shared());
    private final String id = UUID.randomUUID().toString();
    private final Branch branch = new Branch(id, redis.operations(), LEASE);

    @BeforeEach
    void begin() {
        branch.send(message("m1"));
    }

    @AfterEach
    void release() {
        client.release();
    }

    @Test
    void commitWhoseOutcomeStaysUnknownIsSettledUntilRedisAnswers() {
        branch.prepare();
        redis.loseReplies();
        assertUnknown(branch::commitPrepared);
        assertUnknown(branch::commitPrepared);
        assertUnknown(branch::commitPrepared);
        redis.heal();

        assertThat(branch.commitPrepared()).isEqualTo(BranchEndResult.DONE);
        assertThat(branch.state()).isEqualTo(Branch.State.COMMITTED);
        assertThat(queue.ready()).isEqualTo(List.of("m1"));
    }

    @Test
    void commitThatNeverArrivedIsRepeated() {
        branch.prepare();
        redis.loseRequests();
        assertUnknown(branch::commitPrepared);
        redis.heal();

        assertThat(branch.commitPrepared()).isEqualTo(BranchEndResult.DONE);
        assertThat(queue.ready()).isEqualTo(List.of("m1"));
    }

    @Test
    void preparationOfUnknownOutcomeIsSettledAndRolledBack() {
        redis.operations().send(List.of(message("m0"))).join();
        redis.loseReplies();
        assertUnknown(branch::prepare);
        assertThat(branch.state()).isEqualTo(Branch.State.PREPARE_UNKNOWN);
        assertThat(queue.prepared()).hasSize(1);
        assertUnknown(branch::rollback);
        redis.heal();

        assertThat(branch.rollback()).isEqualTo(BranchEndResult.DONE);
        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(queue.prepared()).isEmpty();
        assertThat(queue.ready()).isEqualTo(List.of("m0"));
    }

    @Test
    void preparationThatNeverArrivedIsFenced() {
        redis.operations().send(List.of(message("m0"))).join();
        redis.loseRequests();
        assertUnknown(branch::prepare);
        redis.heal();

        branch.rollback();

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void rollbackLearnsThatRecoveryHasCommitted() {
        branch.prepare();
        redis.operations().commit(id, queue.name(), true).join();

        assertThat(branch.rollback()).isEqualTo(BranchEndResult.COMMITTED);
        assertThat(branch.state()).isEqualTo(Branch.State.COMMITTED);
    }

    @Test
    void onePhaseCommitAcknowledgesAndPublishes() {
        Consumed consumed = consume("c1");

        branch.commitInOnePhase();

        assertThat(branch.state()).isEqualTo(Branch.State.COMMITTED);
        assertThat(consumed.outcomes).containsExactly(Branch.State.COMMITTED);
        assertThat(queue.exists("c1")).isFalse();
        assertThat(queue.ready()).isEqualTo(List.of("m1"));
    }

    private SendRequest keyed(String messageId, boolean rollback) {
        SendOptions options = new SendOptions(0, 0, new Deduplication("k", LEASE, rollback), null);
        return new SendRequest(queue.name(), messageId, new byte[0], 0, options);
    }

    private void publish(SendRequest message) {
        redis.operations().acknowledge(List.of(), List.of(message)).join();
    }

    @Test
    void onePhaseCommitRollsBackIfAnotherMessageHasTheDeduplicationKey() {
        Consumed consumed = consume("c1");
        branch.send(keyed("m2", true));
        publish(keyed("m3", true));

        assertThatExceptionOfType(BranchRolledBackException.class)
                .isThrownBy(branch::commitInOnePhase)
                .withMessage("RQ-139 The transaction was rolled back: deduplication key 'k' of queue '" + queue.name()
                        + "' belongs to message 'm3'.");

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
        assertThat(queue.ready()).isEqualTo(List.of("m3"));
    }

    @Test
    void preparationRollsBackIfAnotherTransactionReservesTheDeduplicationKey() {
        Branch other = new Branch(UUID.randomUUID().toString(), redis.operations(), LEASE);
        other.send(keyed("m3", true));
        other.prepare();
        branch.send(keyed("m2", true));

        assertThatExceptionOfType(BranchRolledBackException.class)
                .isThrownBy(branch::prepare)
                .withMessage("RQ-139 The transaction was rolled back: deduplication key 'k' of queue '" + queue.name()
                        + "' is reserved by a transaction that has not ended.");

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(other.commitPrepared()).isEqualTo(BranchEndResult.DONE);
        assertThat(queue.ready()).isEqualTo(List.of("m3"));
    }

    @Test
    void refusedPreparationWhoseReplyIsLostIsNotPrepared() {
        publish(keyed("m3", true));
        branch.send(keyed("m2", true));
        redis.loseReplies();
        assertUnknown(branch::prepare);
        redis.heal();

        assertThat(branch.rollback()).isEqualTo(BranchEndResult.DONE);

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void commitReportsDroppedMessagesOnce() {
        try (CapturedLog log = new CapturedLog()) {
            branch.send(keyed("m2", false));
            branch.prepare();
            publish(keyed("m3", false));

            branch.commitPrepared();

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("RQ-413"))
                    .singleElement()
                    .asString()
                    .contains("message 'm2' was dropped because message 'm3' has its deduplication key");
        }
        assertThat(redis.operations().deduplication().dropped()).isEqualTo(1);
        assertThat(queue.ready()).isEqualTo(List.of("m1", "m3"));
    }

    @Test
    void secondMessageWithAKeyIsNotSent() {
        assertThat(branch.send(keyed("m2", true))).isEqualTo("m2");
        assertThat(branch.send(keyed("m3", true))).isEqualTo("m2");

        branch.commitInOnePhase();

        assertThat(queue.ready()).isEqualTo(List.of("m2", "m1"));
    }

    @Test
    void onePhaseCommitAfterALostLeaseRollsBack() {
        Consumed consumed = consume("c1");
        claimByAnother(consumed.lease);

        assertThatExceptionOfType(BranchRolledBackException.class)
                .isThrownBy(branch::commitInOnePhase)
                .withMessageStartingWith("RQ-108 ")
                .withMessageEndingWith(queue.name() + "/c1");

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
        assertThat(queue.ready()).isEmpty();
    }

    @Test
    void onePhaseCommitThatRedisRefusesRollsBack() {
        Consumed consumed = consume("c1");
        TestRedis.shared().call("SET", queue.key("ready"), "not a list");

        assertRefused(branch::commitInOnePhase);

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
        assertThat(queue.exists("c1")).isTrue();
    }

    @Test
    void onePhaseCommitOfUnknownOutcomeStaysUnknown() {
        redis.operations().send(List.of(message("m0"))).join();
        Consumed consumed = consume("c1");
        redis.loseReplies();
        assertUnknown(branch::commitInOnePhase);
        assertThat(branch.state()).isEqualTo(Branch.State.COMMIT_UNKNOWN);
        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);

        assertThat(branch.rollback()).isEqualTo(BranchEndResult.DONE);

        assertThat(branch.state()).isEqualTo(Branch.State.COMMIT_UNKNOWN);
        assertThat(branch.isUndone()).isFalse();
    }

    @Test
    void branchWithoutWorkCommitsWithoutRedis() {
        Branch empty = new Branch(id, redis.operations(), LEASE);
        redis.loseRequests();
        assertThat(empty.isReadOnly()).isTrue();

        empty.commitInOnePhase();

        assertThat(empty.state()).isEqualTo(Branch.State.COMMITTED);
        assertThat(empty.isReadOnly()).isFalse();
    }

    @Test
    void commitLogsTheMessagesThatAlreadyExist() {
        queue.push("m1", "value");

        try (CapturedLog log = new CapturedLog()) {
            branch.commitInOnePhase();

            assertThat(log.lines())
                    .contains(
                            "RQ-401 Queue '" + queue.name() + "': message 'm1' already exists and was not sent again.");
        }
        assertThat(branch.state()).isEqualTo(Branch.State.COMMITTED);
        assertThat(queue.ready()).isEqualTo(List.of("m1"));
    }

    @Test
    void branchWithWorkIsActiveAndNotReadOnly() {
        assertThat(branch.isActive()).isTrue();
        assertThat(branch.isReadOnly()).isFalse();
        assertThat(branch.isUndone()).isFalse();
    }

    @Test
    void branchThatIsMarkedForRollbackIsNotCommitted() {
        Consumed consumed = consume("c1");
        branch.setRollbackOnly();
        assertThat(branch.isActive()).isFalse();
        assertThat(branch.isUndone()).isTrue();

        assertMarkedForRollback(branch::commitInOnePhase);

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(branch.isUndone()).isTrue();
        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
        assertMarkedForRollback(branch::commitInOnePhase);
        assertThat(queue.ready()).isEmpty();
    }

    @Test
    void branchThatIsMarkedForRollbackIsNotPrepared() {
        branch.setRollbackOnly();

        assertMarkedForRollback(branch::prepare);

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void branchThatIsMarkedForRollbackAcceptsNoWork() {
        Lease lease = claim("c1");
        branch.setRollbackOnly();

        assertNoMoreWork(() -> branch.send(message("m2")));
        assertNoMoreWork(() -> branch.consume(() -> lease));
    }

    @Test
    void preparedBranchCannotBeMarkedForRollback() {
        branch.prepare();
        branch.setRollbackOnly();

        assertThat(branch.commitPrepared()).isEqualTo(BranchEndResult.DONE);
        assertThat(queue.ready()).isEqualTo(List.of("m1"));
    }

    @Test
    void preparedBranchIsNeitherPreparedAgainNorCommittedInOnePhase() {
        branch.prepare();

        assertInvalidState(branch::prepare);
        assertInvalidState(branch::commitInOnePhase);

        assertThat(branch.state()).isEqualTo(Branch.State.PREPARED);
        assertThat(queue.prepared()).isEqualTo(List.of(id));
        branch.rollback();
    }

    @Test
    void branchIsNotCommittedInTwoPhasesUnlessItIsPrepared() {
        assertInvalidState(branch::commitPrepared);

        assertThat(branch.isActive()).isTrue();
    }

    @Test
    void preparedBranchAcknowledgesAndPublishesWhenItCommits() {
        Consumed consumed = consume("c1");
        branch.prepare();
        assertThat(consumed.outcomes).isEmpty();

        branch.commitPrepared();

        assertThat(consumed.outcomes).containsExactly(Branch.State.COMMITTED);
        assertThat(queue.exists("c1")).isFalse();
        assertThat(queue.ready()).isEqualTo(List.of("m1"));
    }

    @Test
    void preparationAfterALostLeaseRollsBack() {
        Consumed consumed = consume("c1");
        claimByAnother(consumed.lease);

        assertThatExceptionOfType(BranchRolledBackException.class)
                .isThrownBy(branch::prepare)
                .withMessageStartingWith("RQ-108 ");

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void branchWhoseIdIsInUseIsNotPrepared() {
        Branch other = prepareAnotherBranchWithTheSameId();
        Consumed consumed = consume("c1");

        assertRefused(branch::prepare);

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
        assertThat(other.commitPrepared()).isEqualTo(BranchEndResult.DONE);
    }

    @Test
    void unknownPreparationUnderAnIdInUseLeavesTheOtherBranchPrepared() {
        Branch other = prepareAnotherBranchWithTheSameId();
        redis.loseReplies();
        assertUnknown(branch::prepare);
        redis.heal();

        branch.rollback();

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(other.commitPrepared()).isEqualTo(BranchEndResult.DONE);
        assertThat(queue.ready()).isEqualTo(List.of("m2"));
    }

    @Test
    void preparationWhoseReceiptIsGoneIsRolledBack() {
        redis.operations().send(List.of(message("m0"))).join();
        redis.loseReplies();
        assertUnknown(branch::prepare);
        redis.heal();
        redis.replaceReceipts(TestRedis.shared());

        assertThat(branch.rollback()).isEqualTo(BranchEndResult.DONE);

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void preparationInAClusterWhoseHomeQueueCannotBeRegisteredIsRolledBack() {
        try (TestRedis cluster = TestRedis.startCluster()) {
            TestProperties properties = TestProperties.of(cluster);
            properties.setMode("cluster");
            properties.setResponseTimeout(500);
            ResourceManager manager = ResourceManager.acquire(properties);
            Branch inCluster = new Branch(id, manager.operations(), LEASE);
            inCluster.send(message("m1"));
            manager.operations().connect();
            cluster.freeze();

            assertThatExceptionOfType(RedisCallException.class)
                    .isThrownBy(inCluster::prepare)
                    .withMessageContaining("'prepare' was not executed")
                    .matches(failure -> !failure.outcomeUnknown());
            cluster.thaw();

            assertThat(inCluster.state()).isEqualTo(Branch.State.ROLLED_BACK);
            assertThat(manager.operations().recover().join().homes()).isEmpty();
            manager.release();
        }
    }

    @Test
    void consumerLearnsOfTheRollbackEvenIfThePreparationCannotBeSettled() {
        redis.operations().send(List.of(message("m0"))).join();
        Consumed consumed = consume("c1");
        redis.loseReplies();
        assertUnknown(branch::prepare);
        assertThat(consumed.outcomes).isEmpty();

        assertUnknown(branch::rollback);

        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
        assertThat(branch.state()).isEqualTo(Branch.State.PREPARE_UNKNOWN);
        redis.heal();
        branch.rollback();
    }

    @Test
    void branchThatRecoveryHasRolledBackIsNotCommitted() {
        Consumed consumed = consume("c1");
        branch.prepare();
        redis.operations().rollback(id, queue.name(), true, 0).join();

        assertThat(branch.commitPrepared()).isEqualTo(BranchEndResult.ROLLED_BACK);

        assertThat(branch.state()).isEqualTo(Branch.State.ROLLED_BACK);
        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
    }

    @Test
    void branchThatRecoveryHasCommittedIsCommitted() {
        Consumed consumed = consume("c1");
        branch.prepare();
        redis.operations().commit(id, queue.name(), true).join();

        assertThat(branch.commitPrepared()).isEqualTo(BranchEndResult.COMMITTED);

        assertThat(branch.state()).isEqualTo(Branch.State.COMMITTED);
        assertThat(consumed.outcomes).containsExactly(Branch.State.COMMITTED);
    }

    @Test
    void rollbackOfAPreparedBranchGivesTheConsumerItsLeaseBack() {
        Consumed consumed = consume("c1");
        branch.prepare();

        assertThat(branch.rollback()).isEqualTo(BranchEndResult.DONE);

        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
        assertThat(millisUntilDue(consumed.lease)).isBetween(LEASE / 2, LEASE);
    }

    @Test
    void messageOfAPreparedBranchIsDueAtOnceIfItsConsumerHasLeft() {
        Consumed consumed = consume("c1");
        branch.prepare();
        assertThat(branch.leave()).isEqualTo(Branch.State.PREPARED);
        assertThat(consumed.outcomes).isEmpty();

        branch.rollback();

        assertThat(millisUntilDue(consumed.lease)).isNotPositive();
    }

    @Test
    void branchThatItsConsumerLeavesIsRolledBack() {
        Consumed consumed = consume("c1");

        assertThat(branch.leave()).isEqualTo(Branch.State.ROLLED_BACK);

        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
        assertMarkedForRollback(branch::commitInOnePhase);
    }

    @Test
    void branchOfUnknownPreparationStaysInDoubtWhenItsConsumerLeaves() {
        redis.operations().send(List.of(message("m0"))).join();
        Consumed consumed = consume("c1");
        redis.loseReplies();
        assertUnknown(branch::prepare);

        try (CapturedLog log = new CapturedLog()) {
            assertThat(branch.leave()).isEqualTo(Branch.State.PREPARE_UNKNOWN);

            assertThat(log.lines())
                    .anyMatch(
                            line -> line.startsWith("RQ-402 Branch '" + id + "': Redis did not confirm the prepare "));
        }
        redis.heal();
        branch.rollback();
        assertThat(millisUntilDue(consumed.lease)).isNotPositive();
    }

    @Test
    void committedBranchIsNotRolledBack() {
        Consumed consumed = consume("c1");
        branch.commitInOnePhase();

        branch.rollback();

        assertThat(branch.leave()).isEqualTo(Branch.State.COMMITTED);
        assertThat(consumed.outcomes).containsExactly(Branch.State.COMMITTED);
        assertThat(branch.isUndone()).isFalse();
    }

    @Test
    void consumerLearnsOfARollbackOnce() {
        Consumed consumed = consume("c1");

        branch.rollback();
        branch.rollback();

        assertThat(consumed.outcomes).containsExactly(Branch.State.ROLLED_BACK);
    }

    @Test
    void branchEndsOnlyUnderItsOwnId() {
        BranchXid own = BranchXid.parse("00000007-0a-01").orElseThrow();
        BranchXid another = BranchXid.parse("00000007-0a-02").orElseThrow();
        Branch started = new Branch(own.text(), redis.operations(), LEASE);

        assertThat(started.hasId(own)).isTrue();
        assertThat(started.hasId(another)).isFalse();
    }

    /** A consumed message, with what its consumer has learned about the end of the branch. */
    private record Consumed(Lease lease, List<Branch.State> outcomes) implements Consumption {

        @Override
        public void committed() {
            outcomes.add(Branch.State.COMMITTED);
        }

        @Override
        public void rolledBack() {
            outcomes.add(Branch.State.ROLLED_BACK);
        }
    }

    /** Lets the branch consume a new message. */
    private Consumed consume(String messageId) {
        Consumed consumed = new Consumed(claim(messageId), new ArrayList<>());
        branch.consume(consumed);
        return consumed;
    }

    private Lease claim(String messageId) {
        queue.push(messageId, "value");
        return claim();
    }

    private Lease claim() {
        return redis.operations()
                .claim(new ClaimRequest(queue.name(), 1, LEASE, 20, 1_000))
                .join()
                .messages()
                .get(0)
                .lease();
    }

    private void claimByAnother(Lease lease) {
        TestRedis.shared().call("ZADD", queue.key("processing"), "XX", "1", member(lease));
        claim();
    }

    private Branch prepareAnotherBranchWithTheSameId() {
        Branch other = new Branch(id, redis.operations(), LEASE);
        other.send(message("m2"));
        other.prepare();
        return other;
    }

    private SendRequest message(String messageId) {
        return new SendRequest(queue.name(), messageId, new byte[0], 0);
    }

    private long millisUntilDue(Lease lease) {
        String due = (String) TestRedis.shared().call("ZSCORE", queue.key("processing"), member(lease));
        List<?> time = (List<?>) TestRedis.shared().call("TIME");
        long now = Long.parseLong((String) time.get(0)) * 1_000 + Long.parseLong((String) time.get(1)) / 1_000;
        return (long) Double.parseDouble(due) - now;
    }

    private static String member(Lease lease) {
        return lease.id() + " " + lease.token();
    }

    private static void assertMarkedForRollback(Runnable call) {
        assertThatExceptionOfType(BranchRolledBackException.class)
                .isThrownBy(call::run)
                .withMessageStartingWith("RQ-109 ");
    }

    private static void assertNoMoreWork(Runnable call) {
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(call::run)
                .withMessageStartingWith("RQ-110 ");
    }

    private static void assertInvalidState(Runnable call) {
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(call::run);
    }

    private static void assertRefused(Runnable call) {
        assertThatExceptionOfType(RedisCallException.class)
                .isThrownBy(call::run)
                .matches(failure -> !failure.outcomeUnknown(), "not executed");
    }

    private static void assertUnknown(Runnable call) {
        assertThatExceptionOfType(RedisCallException.class)
                .isThrownBy(call::run)
                .matches(RedisCallException::outcomeUnknown, "outcome unknown");
    }
}
