// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.testing.ThrowingEndpoint;

/** What operators learn about the listeners of an adapter. */
class ReportedListenersTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final TestRedis redis = TestRedis.start();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final FakeContainer container = new FakeContainer(true, message -> {});
    private final RedisResourceAdapter adapter = new RedisResourceAdapter();
    private final CountDownLatch end = new CountDownLatch(1);
    private QueueAdmin admin;

    @BeforeEach
    void start() throws Exception {
        adapter.setAddresses(redis.address());
        adapter.start(container);
        admin = adapter.admin(adapter);
    }

    @AfterEach
    void stop() {
        end.countDown();
        container.close();
        redis.close();
    }

    private void activate(String name, ThrowingEndpoint endpoint) {
        Map<String, String> properties =
                Map.of("queue", queue.name(), "maxConcurrency", "1", "maxDeliveries", "1", "prefetch", "0");
        adapter.activate(adapter, name, properties, false, false, endpoint);
    }

    private ServerStatus.Listener listener(String name) {
        List<ServerStatus> servers = admin.servers();
        assertThat(servers).hasSize(1);
        return servers.get(0).listeners().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void hangingDeliveryAndFailuresOfTwoListenersOfAQueueAreToldApart() {
        Instant before = Instant.now();
        CountDownLatch hanging = new CountDownLatch(1);
        activate("Hanging.listener", delivery -> {
            delivery.begin();
            hanging.countDown();
            end.await();
        });
        queue.push("m1", "value");
        await().atMost(LONG).until(() -> hanging.getCount() == 0);
        activate("Failing.listener", delivery -> {
            delivery.begin();
            throw new IllegalStateException("no stock");
        });
        queue.push("m2", "value");

        await().atMost(LONG).untilAsserted(() -> {
            assertThat(listener("Hanging.listener").active()).isEqualTo(1);
            assertThat(listener("Failing.listener").deadLettered()).isEqualTo(1);
        });
        assertThat(listener("Hanging.listener").oldestDeliverySince()).isBetween(before, Instant.now());
        assertThat(listener("Hanging.listener").failed()).isZero();
        assertThat(listener("Failing.listener").active()).isZero();
        assertThat(listener("Failing.listener").lastFailure()).contains("no stock");

        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(admin.queue(queue.name()).consumers()).isEqualTo(2));
        MessageSummary held = admin.browse(queue.name(), Place.DELIVERING, null, 10)
                .messages()
                .get(0);
        assertThat(held.id()).isEqualTo("m1");
        assertThat(held.holder().server()).isEqualTo(admin.servers().get(0).id());
        assertThat(held.holder().listener()).isEqualTo("Hanging.listener");
        assertThat(held.holder().since())
                .isBetween(before.minusMillis(100), Instant.now().plusMillis(100));

        end.countDown();
        adapter.stop();

        List<?> record =
                (List<?>) redis.call("HVALS", "rq:{/}:server:" + held.holder().server());
        assertThat(record).hasSize(1);
        assertThat((String) record.get(0)).contains("\"stopped\":true");
    }
}
