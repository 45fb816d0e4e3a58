// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.jts.CosTransactions.RecoveryManager;
import jakarta.resource.spi.ManagedConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.outbound.RedisManagedConnectionFactory;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.testing.ThrowingEndpoint;

/** Deliveries after a recovery that could not run, on a server that does not recover again. */
class HeldDeliveriesTest {

    private static final String BRANCH = "00000007-01-01";

    private final TestRedis redis = TestRedis.start("--appendonly", "yes", "--appendfsync", "always");
    private final QueueProbe queue = QueueProbe.create(redis);
    private final RedisResourceAdapter adapter = new RedisResourceAdapter();
    private final FakeContainer container = new FakeContainer(true, message -> {});

    @BeforeEach
    void abandonRecovery() throws Exception {
        queue.push("a", "value");
        redis.call("SADD", "rq:queues", queue.name());
        redis.call("HSET", queue.key("prepared"), BRANCH, "{\"consumed\":[],\"sent\":[]}");
        redis.kill();
        adapter.setAddresses(redis.address());
        adapter.setRecoveryTimeout(100);
        adapter.start(container);
        assertThatThrownBy(() -> RecoveryManager.recover(adapter.getXAResources(null)[0]))
                .isInstanceOf(RedisQueueException.class);
        redis.restart();
    }

    @AfterEach
    void stop() {
        adapter.stop();
        container.close();
        redis.close();
    }

    private void endBranch() {
        redis.call("HDEL", queue.key("prepared"), BRANCH);
    }

    @Test
    void listenersGetNoMessagesWhileBranchesAreInDoubt() {
        List<String> seen = new CopyOnWriteArrayList<>();
        adapter.activate(adapter, "Test.listener", Map.of("queue", queue.name()), false, false, (ThrowingEndpoint)
                delivery -> seen.add(delivery.message().id()));
        await().during(Duration.ofSeconds(3))
                .until(() -> queue.ready().size() == 1 && queue.processing().isEmpty());

        endBranch();

        await().untilAsserted(() -> assertThat(seen).containsExactly("a"));
    }

    @Test
    void connectionsReceiveNothingWhileBranchesAreInDoubt() throws Exception {
        RedisManagedConnectionFactory factory = new RedisManagedConnectionFactory();
        factory.setResourceAdapter(adapter);
        ManagedConnection connection = factory.createManagedConnection(null, null);
        RedisQueueConnection handle = (RedisQueueConnection) connection.getConnection(null, null);
        assertThat(handle.receive(queue.name(), Duration.ZERO)).isEmpty();
        assertThat(handle.receive(queue.name(), Duration.ofSeconds(2))).isEmpty();

        endBranch();

        assertThat(handle.receive(queue.name(), Duration.ofSeconds(10))).isPresent();
        connection.destroy();
    }
}
