// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.BranchEndResult;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.protocol.UnreliableOperations;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Branches whose calls Redis does not answer before the adapter stops retrying. */
class BranchTest {

    private final RedisClient client = RedisClient.acquire(TestProperties.of(TestRedis.shared()));
    private final UnreliableOperations redis = new UnreliableOperations(client);
    private final QueueProbe queue = QueueProbe.create(TestRedis.shared());
    private final Branch branch = new Branch(UUID.randomUUID().toString(), redis.operations(), 60_000);

    @BeforeEach
    void begin() {
        branch.send(new SendRequest(queue.name(), "m1", new byte[0], 0));
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
        redis.operations()
                .send(List.of(new SendRequest(queue.name(), "m0", new byte[0], 0)))
                .join();
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
        redis.operations()
                .send(List.of(new SendRequest(queue.name(), "m0", new byte[0], 0)))
                .join();
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
        redis.operations().commit(branchName(), queue.name(), true).join();

        assertThat(branch.rollback()).isEqualTo(BranchEndResult.COMMITTED);
        assertThat(branch.state()).isEqualTo(Branch.State.COMMITTED);
    }

    private String branchName() {
        return (String) queue.prepared().get(0);
    }

    private static void assertUnknown(Runnable call) {
        assertThatExceptionOfType(RedisCallException.class)
                .isThrownBy(call::run)
                .matches(RedisCallException::outcomeUnknown, "outcome unknown");
    }
}
