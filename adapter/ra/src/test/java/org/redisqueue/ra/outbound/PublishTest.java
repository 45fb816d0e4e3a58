// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.resource.ResourceException;
import jakarta.resource.cci.LocalTransaction;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.admin.AdminClient;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.FaultyWire;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Messages that are published to a topic. */
class PublishTest {

    private final TestRedis redis = TestRedis.shared();
    private final List<QueueProbe> queues =
            Stream.generate(() -> QueueProbe.create(redis)).limit(5).toList();
    private final QueueProbe source = QueueProbe.create(redis);
    private final String topic = "topic." + UUID.randomUUID();
    private final AdminClient client = AdminClient.of(TestProperties.of(redis));
    private final QueueAdmin admin = client.admin();
    private RedisQueueConnection connection;

    @BeforeEach
    void connect() throws ResourceException {
        connection = connect(redis.address());
    }

    @AfterEach
    void close() {
        connection.close();
        redis.call("DEL", bindings());
        redis.call("SREM", "rq:topics", topic);
        client.close();
    }

    private static RedisQueueConnection connect(String address) throws ResourceException {
        RedisManagedConnectionFactory factory = new RedisManagedConnectionFactory();
        factory.setAddresses(address);
        return ((RedisQueueConnectionFactory) factory.createConnectionFactory()).createConnection();
    }

    private String bindings() {
        return "rq:{" + topic + "}:bindings";
    }

    private void bindAll() {
        queues.forEach(queue -> admin.bind(topic, queue.name()));
    }

    private void assertReady(List<String> ids) {
        assertThat(queues).allSatisfy(queue -> assertThat(queue.ready()).isEqualTo(ids));
    }

    @Test
    void eachQueueGetsAnIndependentMessageWithTheSameId() throws ResourceException {
        bindAll();

        String id = connection.publish(topic, OutgoingMessage.of("hello").header("Order-Id", "17"));

        assertReady(List.of(id));
        RedisMessage first =
                connection.receive(queues.get(0).name(), Duration.ZERO).orElseThrow();
        assertThat(first.id()).isEqualTo(id);
        assertThat(first.text()).isEqualTo("hello");
        assertThat(first.header("Order-Id")).contains("17");
        assertThat(queues.get(0).exists(id)).isFalse();
        assertThat(queues.get(1).ready()).isEqualTo(List.of(id));
    }

    @Test
    void messagesArePublishedInOrder() {
        bindAll();

        List<String> ids = connection.publishAll(topic, List.of("a", "b", "c"));

        assertThat(ids).hasSize(3).doesNotHaveDuplicates();
        for (QueueProbe queue : queues) {
            for (String body : List.of("a", "b", "c")) {
                assertThat(connection.receive(queue.name(), Duration.ZERO))
                        .map(RedisMessage::text)
                        .contains(body);
            }
        }
    }

    @Test
    void commitSendsToAllQueues() throws ResourceException {
        bindAll();
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        String id = connection.publish(topic, "hello");
        assertReady(List.of());

        transaction.commit();

        assertReady(List.of(id));
    }

    @Test
    void rollbackSendsNothing() throws ResourceException {
        bindAll();
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.publish(topic, "hello");

        transaction.rollback();

        assertReady(List.of());
    }

    @Test
    void queuesAreFixedWhenPublishIsCalled() throws ResourceException {
        admin.bind(topic, queues.get(0).name());
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        String id = connection.publish(topic, "hello");
        admin.bind(topic, queues.get(1).name());
        admin.unbind(topic, queues.get(0).name());

        transaction.commit();

        assertThat(queues.get(0).ready()).isEqualTo(List.of(id));
        assertThat(queues.get(1).ready()).isEqualTo(List.of());
        String next = connection.publish(topic, "again");
        assertThat(queues.get(0).ready()).isEqualTo(List.of(id));
        assertThat(queues.get(1).ready()).isEqualTo(List.of(next));
    }

    @Test
    void bindingOfAnotherProcessTakesEffectWithinASecond() {
        connection.publish(topic, "lost");
        redis.call("SADD", bindings(), queues.get(0).name());
        long start = System.nanoTime();

        while (queues.get(0).ready().equals(List.of())) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            long before = System.nanoTime();
            connection.publish(topic, "hello");
            if (before - start >= Duration.ofSeconds(1).toNanos()) {
                assertThat(queues.get(0).ready()).isNotEqualTo(List.of());
            }
        }
    }

    @Test
    void topicWithoutBindingsIsReportedOnce() {
        try (CapturedLog log = new CapturedLog()) {
            assertThat(connection.publish(topic, "a")).isNotEmpty();
            connection.publish(topic, "b");
            assertThat(log.lines().stream().filter(line -> line.contains(topic)))
                    .singleElement()
                    .asString()
                    .startsWith("RQ-415 Topic '" + topic + "'");
        }
    }

    @Test
    void publishingToAQueueThatTheTransactionConsumesTheSameIdFromAddsNothing() throws ResourceException {
        bindAll();
        admin.bind(topic, source.name());
        source.push("m1", "value");
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.receive(source.name(), Duration.ZERO).orElseThrow();

        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() ->
                        connection.publish(topic, OutgoingMessage.of("hello").id("m1")))
                .withMessageContaining("RQ-124");
        transaction.commit();

        assertReady(List.of());
        assertThat(source.exists("m1")).isFalse();
    }

    @Test
    void invalidTopicsAndLargeMessagesAreRefused() {
        bindAll();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.publish("a b", "x"))
                .withMessageContaining("RQ-106 Invalid topic name 'a b'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.publishAll(topic, List.of("small", "x".repeat(50_000_000))))
                .withMessageContaining("RQ-114 The message for topic '" + topic + "' is too large");
        assertReady(List.of());
    }

    @Test
    void unreadableBindingsAreAnError() {
        redis.call("SET", bindings(), "no set");

        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.publish(topic, "x"))
                .withMessageContaining("WRONGTYPE");
    }

    @Test
    void publishFailsIfRedisDoesNotAnswer() throws ResourceException {
        try (FaultyWire wire = new FaultyWire(redis);
                RedisQueueConnection broken = connect(wire.address())) {
            broken.publish(topic, "x");
            wire.cutReplies(1_000);

            assertThatExceptionOfType(RedisQueueException.class)
                    .isThrownBy(() -> broken.publish("other." + topic, "x"));
        }
    }
}
