// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.resource.ResourceException;
import jakarta.resource.cci.LocalTransaction;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.TopicStatus;
import org.redisqueue.ra.admin.AdminClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Publishing in a Redis Cluster, where a transaction can use only one queue. */
class ClusterPublishTest {

    private static TestRedis redis;

    private final String name = "test." + UUID.randomUUID();
    private AdminClient client;
    private QueueAdmin admin;
    private RedisQueueConnection connection;

    @BeforeAll
    static void start() {
        redis = TestRedis.startCluster();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void connect() throws ResourceException {
        TestProperties properties = TestProperties.of(redis);
        properties.setMode("cluster");
        client = AdminClient.of(properties);
        admin = client.admin();
        RedisManagedConnectionFactory factory = new RedisManagedConnectionFactory();
        factory.setAddresses(redis.address());
        factory.setMode("cluster");
        connection = ((RedisQueueConnectionFactory) factory.createConnectionFactory()).createConnection();
    }

    @AfterEach
    void disconnect() {
        connection.close();
        client.close();
    }

    @Test
    void messageIsPublishedToTheOnlyQueueOfATopic() throws ResourceException {
        assertThat(admin.bind(name, name + ".a")).isTrue();
        assertThat(admin.bind(name, name + ".a")).isFalse();

        connection.publish(name, "hello");
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.publish(name, "again");
        transaction.commit();

        assertThat(connection.counts(name + ".a").ready()).isEqualTo(2);
        assertThat(admin.topics()).contains(new TopicStatus(name, List.of(name + ".a")));
        assertThat(admin.queues()).anyMatch(queue -> queue.name().equals(name + ".a"));
    }

    @Test
    void secondBindingIsRefused() {
        admin.bind(name, name + ".a");

        assertThatExceptionOfType(QueueAdminException.class)
                .isThrownBy(() -> admin.bind(name, name + ".b"))
                .withMessageContaining(
                        "another queue is bound to the topic, which can have only one queue in a cluster")
                .satisfies(refusal -> assertThat(refusal.kind()).isEqualTo(QueueAdminException.Kind.CONFLICT));

        connection.publish(name, "hello");
        assertThat(connection.counts(name + ".a").ready()).isEqualTo(1);
    }

    @Test
    void publishingToSeveralQueuesIsRefusedBeforeAnythingIsSent() throws ResourceException {
        redis.call("SADD", "rq:{" + name + "}:bindings", name + ".a", name + ".b"); // not by an adapter

        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.publish(name, "hello"))
                .withMessageContaining("RQ-111 Queues '" + name + ".a' and '" + name + ".b'");
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.publish(name, "hello"))
                .withMessageContaining("RQ-111");
        transaction.commit();

        assertThat(connection.counts(name + ".a").ready()).isZero();
        assertThat(connection.counts(name + ".b").ready()).isZero();
    }

    @Test
    void publishingInATransactionOfAnotherQueueIsRefused() throws ResourceException {
        admin.bind(name, name + ".a");
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.send(name + ".other", "first");

        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.publish(name, "hello"))
                .withMessageContaining("RQ-111");
        transaction.commit();

        assertThat(connection.counts(name + ".other").ready()).isEqualTo(1);
        assertThat(connection.counts(name + ".a").ready()).isZero();
    }

    @Test
    void topicWithoutBindingsStaysListed() {
        admin.bind(name, name + ".a");

        assertThat(admin.unbind(name, name + ".a").unbound()).isTrue();

        assertThat(admin.topic(name).queues()).isEmpty();
        assertThat(admin.topics()).contains(new TopicStatus(name, List.of()));
    }
}
