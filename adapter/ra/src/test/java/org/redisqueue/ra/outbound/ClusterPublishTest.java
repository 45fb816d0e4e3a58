// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.resource.ResourceException;
import jakarta.resource.cci.LocalTransaction;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.OnDuplicate;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.TopicStatus;
import org.redisqueue.ra.admin.AdminClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Sending and publishing in a Redis Cluster, where the queues of a transaction may be on different servers. */
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
    void messageIsPublishedToAllQueuesOfATopic() throws ResourceException {
        admin.bind(name, name + ".a");
        admin.bind(name, name + ".b");

        connection.publish(name, "hello");
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.send(name + ".other", "first");
        connection.publish(name, "again");
        assertThat(connection.counts(name + ".a").ready()).isEqualTo(1);
        transaction.commit();

        assertThat(connection.counts(name + ".a").ready()).isEqualTo(2);
        assertThat(connection.counts(name + ".b").ready()).isEqualTo(2);
        assertThat(connection.counts(name + ".other").ready()).isEqualTo(1);
    }

    @Test
    void messageWithADeduplicationKeyIsPublishedOnceToEachQueue() {
        admin.bind(name, name + ".a");
        admin.bind(name, name + ".b");
        OutgoingMessage keyed = OutgoingMessage.of("hello").deduplicationKey("key", Duration.ofMinutes(1));

        String first = connection.publish(name, keyed.id("first"));
        String second = connection.publish(name, keyed.id("second"));

        assertThat(first).isEqualTo("first");
        assertThat(second).isEqualTo("first");
        assertThat(connection.counts(name + ".a").ready()).isEqualTo(1);
        assertThat(connection.counts(name + ".b").ready()).isEqualTo(1);
    }

    @Test
    void messageThatMayRollBackCannotBeSentToAnotherSlot() throws ResourceException {
        admin.bind(name, name + ".a");
        admin.bind(name, name + ".b");
        OutgoingMessage keyed = OutgoingMessage.of("hello")
                .deduplicationKey("key", Duration.ofMinutes(1))
                .onDuplicate(OnDuplicate.ROLLBACK);

        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.publish(name, keyed))
                .withMessageContaining("RQ-142 Message")
                .withMessageContaining("'" + name + ".a'");
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.send(name + ".a", "first");
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.send(name + ".b", keyed))
                .withMessageContaining("RQ-142");
        transaction.commit();

        assertThat(connection.counts(name + ".a").ready()).isEqualTo(1);
        assertThat(connection.counts(name + ".b").ready()).isZero();
    }

    @Test
    void messagesOfSeveralSlotsCannotBeReceivedInOneTransaction() throws ResourceException {
        connection.send(name + ".a", "one");
        connection.send(name + ".b", "two");
        LocalTransaction transaction = connection.getLocalTransaction();
        transaction.begin();
        connection.send(name + ".c", "sent");
        assertThat(connection.receive(name + ".a", Duration.ofSeconds(5))).isPresent();

        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> connection.receive(name + ".b", Duration.ofSeconds(5)))
                .withMessageContaining("RQ-111 Messages of queues '" + name + ".a' and '" + name + ".b'");
        transaction.commit();

        assertThat(connection.counts(name + ".a").processing()).isZero();
        assertThat(connection.counts(name + ".c").ready()).isEqualTo(1);
    }

    @Test
    void topicWithoutBindingsStaysListed() {
        admin.bind(name, name + ".a");

        assertThat(admin.unbind(name, name + ".a").unbound()).isTrue();

        assertThat(admin.topic(name).queues()).isEmpty();
        assertThat(admin.topics()).contains(new TopicStatus(name, List.of()));
    }
}
