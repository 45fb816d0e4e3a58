// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.leases;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** When Redis has reached its maxmemory, it accepts no new messages, but existing ones can be processed. */
class FullServerTest {

    private static TestRedis redis;
    private static RedisClient client;

    private final TestQueue queue = TestQueue.create(redis, TestQueue.operationsOf(client));

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
    void restoreMemory() {
        redis.call("CONFIG", "SET", "maxmemory", "0");
    }

    private static void full() {
        redis.call("CONFIG", "SET", "maxmemory", "1");
    }

    @Test
    void sendIsRefused() {
        full();

        assertThatThrownBy(() -> queue.send("m1"))
                .isInstanceOfSatisfying(
                        RedisCallException.class,
                        e -> assertThat(e.outcomeUnknown()).isFalse());
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void refusedAcknowledgmentWithSendsChangesNothing() {
        Lease lease = queue.held("m1");
        Map<String, Object> before = queue.everything();
        full();

        assertThatThrownBy(() -> result(queue.operations().acknowledge(List.of(lease), List.of(queue.message("m2")))))
                .isInstanceOf(RedisCallException.class);

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void refusedPreparationWithSendsChangesNothing() {
        Lease lease = queue.held("m1");
        Map<String, Object> before = queue.everything();
        full();

        assertThatThrownBy(() -> queue.prepare("branch", List.of(lease), queue.message("m2")))
                .isInstanceOf(RedisCallException.class);

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void messagesAreClaimedRenewedAndAcknowledged() {
        queue.send("m1", "m2");
        queue.letTimePass(lease(queue.claim(1)));
        full();

        List<Lease> leases = leases(queue.claim(2));

        assertThat(leases).hasSize(2);
        assertThat(queue.renew(leases.toArray(Lease[]::new))).isEmpty();
        assertThat(queue.acknowledge(leases.toArray(Lease[]::new)).done()).isTrue();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void messagesAreRedeliveredAndReleased() {
        List<Lease> leases = queue.held("m1", "m2", "m3");
        full();

        assertThat(queue.redeliver(leases.get(0), 60_000, 9)).isEqualTo(RedeliveryResult.WAITING);
        assertThat(queue.redeliver(leases.get(1), 60_000, 0)).isEqualTo(RedeliveryResult.DEAD);
        assertThat(queue.release(leases.get(2))).isEqualTo(1);
    }

    @Test
    void transactionThatOnlyConsumesIsPrepared() {
        Lease lease = queue.held("m1");
        full();

        assertThat(queue.prepare("branch", List.of(lease))).isEmpty();
        assertThat(queue.commit("branch")).isTrue();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void preparedBranchCanBeCommitted() {
        queue.prepare("branch", List.of(), queue.message("m1"));
        full();

        assertThat(queue.commit("branch")).isTrue();
        assertThat(queue.ready()).containsExactly("m1");
    }

    @Test
    void preparedBranchCanBeRolledBack() {
        queue.prepare("branch", List.of(queue.held("m1")));
        full();

        assertThat(queue.rollback("branch", 0)).isTrue();
        assertThat(ids(queue.claim(1))).containsExactly("m1");
    }

    @Test
    void preparedBranchCanBeForgotten() {
        queue.prepare("branch", List.of(), queue.message("m1"));
        full();

        assertThat(queue.forget("branch")).isTrue();
        assertThat(queue.dead()).containsExactly("m1");
    }

    @Test
    void queueIsInspected() {
        queue.send("m1");
        full();

        assertThat(result(queue.operations().inspect(queue.name, 1)).counts().ready())
                .isEqualTo(1);
    }
}
