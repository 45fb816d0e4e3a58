// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import jakarta.resource.ResourceException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.FaultyWire;
import org.redisqueue.ra.testing.ManualTimer;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.testing.ThrowingEndpoint;
import org.redisqueue.ra.transaction.ResourceManager;
import org.redisqueue.spi.ListenerActivation;

/** A listener that names a topic binds its queue. */
class TopicBindingTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final String topic = "topic." + UUID.randomUUID();
    private final String user = "binding-" + UUID.randomUUID();
    private final FakeContainer container = new FakeContainer(true, message -> {});
    private final RedisResourceAdapter adapter = new RedisResourceAdapter();
    private final FaultyWire wire = new FaultyWire(redis);
    private final List<String> delivered = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        adapter.stop();
        container.close();
        wire.close();
        redis.call("DEL", bindings());
        redis.call("SREM", "rq:topics", topic);
        redis.call("ACL", "DELUSER", user);
    }

    private ListenerActivation activate() {
        return activate(Map.of("queue", queue.name(), "topic", topic));
    }

    private ListenerActivation activate(Map<String, String> properties) {
        ThrowingEndpoint endpoint = delivery -> {
            delivery.begin();
            delivered.add(delivery.message().id());
        };
        return adapter.activate(adapter, "Test.listener", properties, false, false, endpoint);
    }

    private void start(String address) throws ResourceException {
        adapter.setAddresses(address);
        adapter.start(container);
    }

    private String bindings() {
        return "rq:{" + topic + "}:bindings";
    }

    private boolean isBound() {
        return redis.call("SISMEMBER", bindings(), queue.name()).equals(1L)
                && redis.call("SISMEMBER", "rq:topics", topic).equals(1L);
    }

    @Test
    void activationBindsTheQueueDurably() throws ResourceException {
        start(redis.address());
        try (CapturedLog log = new CapturedLog()) {
            ListenerActivation activation = activate();
            await().atMost(LONG).until(this::isBound);
            await().atMost(LONG)
                    .until(() -> log.lines().stream()
                            .anyMatch(line -> line.startsWith(
                                    "RQ-333 Queue '" + queue.name() + "' is bound to topic '" + topic + "'")));

            activation.deactivate();

            assertThat(isBound()).isTrue();
            activate();
            queue.push("m1", "value");
            await().atMost(LONG).until(() -> delivered.contains("m1"));
            assertThat(log.lines().stream().filter(line -> line.startsWith("RQ-333") && line.contains(topic)))
                    .hasSize(1);
        }
    }

    @Test
    void refusedSettingIsNoReasonNotToBind() throws ResourceException {
        redis.call("SET", queue.key("settings"), "a string");
        start(redis.address());

        activate(Map.of("queue", queue.name(), "topic", topic, "rateLimit", "1/h"));

        await().atMost(LONG).until(this::isBound);
    }

    @Test
    void bindingIsRestoredWhenTheListenerConnectsAgain() throws ResourceException {
        start(wire.address());
        activate();
        await().atMost(LONG).until(this::isBound);

        redis.call("DEL", bindings()); // a failover has lost the binding
        wire.cutReplies(10);

        await().atMost(LONG).until(this::isBound);
    }

    @Test
    void bindingIsRenewedEveryMinute() throws ResourceException {
        start(redis.address());
        ResourceManager manager = ResourceManager.acquire(TestProperties.of(redis));
        ManualTimer timer = new ManualTimer();
        TopicBinding binding =
                new TopicBinding(topic, queue.name(), manager.operations().topics(), timer);
        try {
            assertThat(binding.bind().join()).isTrue();
            assertThat(timer.delays()).containsExactly(60_000L);

            redis.call("DEL", bindings()); // Redis has lost the binding, and no call has failed
            timer.fire();

            await().atMost(LONG).until(this::isBound);
        } finally {
            binding.stop();
            timer.shutdownNow();
            manager.release();
        }
    }

    @Test
    void refusedBindingIsReportedAndRepeatedWhileTheListenerConsumes() throws ResourceException {
        redis.call(
                "ACL",
                "SETUSER",
                user,
                "on",
                ">secret",
                "+@all",
                "resetkeys",
                "~rq:lane:*",
                "~rq:queues",
                "~rq:topics");
        redis.call("ACL", "SETUSER", user, "~rq:{rights}:*", "~rq:{/}:*", "~rq:{" + queue.name() + "}:*");
        adapter.setUser(user);
        adapter.setPassword("secret");
        start(redis.address());
        try (CapturedLog log = new CapturedLog()) {
            activate();
            queue.push("m1", "value");
            await().atMost(LONG).until(() -> delivered.contains("m1"));
            await().atMost(LONG)
                    .until(() -> log.lines().stream()
                            .anyMatch(line -> line.startsWith(
                                    "RQ-334 Queue '" + queue.name() + "' cannot be bound to topic '" + topic + "'")));
            assertThat(isBound()).isFalse();

            redis.call("ACL", "SETUSER", user, "~" + bindings());

            await().atMost(LONG).until(this::isBound);
            await().atMost(LONG)
                    .until(() ->
                            log.lines().stream().anyMatch(line -> line.startsWith("RQ-333") && line.contains(topic)));
            assertThat(log.lines().stream().filter(line -> line.startsWith("RQ-334") && line.contains(topic)))
                    .hasSize(1);
        }
    }

    @Test
    void refusedRegistrationIsNoReasonNotToBind() throws ResourceException {
        redis.call(
                "ACL",
                "SETUSER",
                user,
                "on",
                ">secret",
                "+@all",
                "resetkeys",
                "~rq:lane:*",
                "~rq:topics",
                "~" + bindings());
        redis.call("ACL", "SETUSER", user, "~rq:{rights}:*", "~rq:{/}:*", "~rq:{" + queue.name() + "}:*");
        adapter.setUser(user);
        adapter.setPassword("secret");
        start(redis.address());
        try (CapturedLog log = new CapturedLog()) {
            activate();
            await().atMost(LONG)
                    .until(() ->
                            log.lines().stream().anyMatch(line -> line.startsWith("RQ-334") && line.contains(topic)));

            redis.call("ACL", "SETUSER", user, "~rq:queues");

            await().atMost(LONG).until(this::isBound);
        }
    }

    @Test
    void listenerWithoutTopicBindsNothing() throws ResourceException {
        start(redis.address());
        activate(Map.of("queue", queue.name()));
        queue.push("m1", "value");

        await().atMost(LONG).until(() -> delivered.contains("m1"));
        assertThat(isBound()).isFalse();
    }

    @Test
    void invalidTopicFailsTheActivation() throws ResourceException {
        start(redis.address());

        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> activate(Map.of("queue", queue.name(), "topic", "no topic")))
                .withMessageContaining("topic")
                .withMessageContaining("'no topic'")
                .withMessageContaining("1 to 200 characters");
    }
}
