// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.resource.ResourceException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.RedisTopicPublisher;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.TopicStatus;
import org.redisqueue.internal.QueueName;
import org.redisqueue.internal.TopicName;
import org.redisqueue.ra.admin.AdminClient;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.outbound.RedisManagedConnectionFactory;
import org.redisqueue.test.internal.listener.FactoryPublisher;
import org.redisqueue.test.internal.listener.FactorySender;
import org.redisqueue.test.internal.redis.BundledRedis;
import org.redisqueue.test.internal.redis.RedisSource;
import org.redisqueue.test.internal.redis.Remembered;
import org.redisson.api.RedissonClient;

/**
 * The Redis server that all integration tests of a JVM share: a bundled one or, if the system property
 * {@code redisqueue.addresses} is set, the one at that address.
 *
 * <p>The bundled server starts when it is first needed, on a free port or on the one in the system property
 * {@code redisqueue.test.port}, and ends with the JVM, as does its data. For a different server, set further connection
 * properties in the same way, such as {@code redisqueue.password} or {@code redisqueue.keyPrefix}.
 *
 * @see RedisQueueTest
 */
public final class TestRedis {

    private static final String PREFIX = "redisqueue.";
    private static final String PORT = "redisqueue.test.port";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Remembered<TestRedis> SHARED = new Remembered<>(TestRedis::start);

    private final boolean bundled;
    private final String address;
    private final RedisQueueConnectionFactory connections;
    private final QueueAdmin admin;

    private TestRedis(Map<String, String> properties, boolean bundled) {
        this.bundled = bundled;
        this.address = properties.getOrDefault("addresses", "");
        RedisManagedConnectionFactory factory = new RedisManagedConnectionFactory();
        try {
            Configuration.set(factory, "tests", properties);
            connections = (RedisQueueConnectionFactory) factory.createConnectionFactory();
        } catch (ResourceException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        Configuration.applyDefaults(factory);
        AdminClient client = AdminClient.of(factory);
        admin = client.admin();
        Runtime.getRuntime().addShutdownHook(new Thread(client::close, "redis-queue-test-close"));
    }

    private static TestRedis start() {
        Map<String, String> properties = properties();
        boolean bundled = !properties.containsKey("addresses");
        if (bundled) {
            properties.put(
                    "addresses", BundledRedis.start(Integer.getInteger(PORT, 0)).address());
        }
        return new TestRedis(properties, bundled);
    }

    /** Returns the connection properties that are set as system properties. */
    private static Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        for (Configuration.Definition definition : Configuration.definitions(RedisManagedConnectionFactory.class)) {
            String value = System.getProperty(PREFIX + definition.name());
            if (value != null && !value.isEmpty()) {
                properties.put(definition.name(), value);
            }
        }
        return properties;
    }

    /**
     * Returns the server, which starts if it is not running yet.
     *
     * @return the server
     * @throws RuntimeException if the server cannot be started, or a connection property is invalid
     */
    public static TestRedis shared() {
        return SHARED.get();
    }

    /**
     * Returns a queue of the shared server, for assertions about its messages:
     * {@code assertThat(queue("orders")).becomesEmpty()}.
     *
     * @param name the name of the queue
     * @return the queue
     * @throws IllegalArgumentException if the name of the queue is invalid
     */
    public static TestQueue queue(String name) {
        return new TestQueue(new RedisSource(shared().admin, QueueName.require(name)), TIMEOUT);
    }

    /** {@return the address of the server, as in the property {@code addresses} of the adapter} */
    public String address() {
        return address;
    }

    /** {@return whether the server is the bundled one} */
    public boolean isBundled() {
        return bundled;
    }

    /**
     * Returns a connection factory of the adapter. Without a container, its connections have no pool and join no JTA
     * transaction; use {@link RedisQueueConnection#getLocalTransaction}.
     *
     * @return the connection factory
     */
    public RedisQueueConnectionFactory connectionFactory() {
        return connections;
    }

    /**
     * Returns a sender that uses {@link #connectionFactory}.
     *
     * @param queue the name of the queue
     * @return the sender
     * @throws IllegalArgumentException if the name of the queue is invalid
     */
    public RedisQueueSender sender(String queue) {
        return new FactorySender(connections, QueueName.require(queue));
    }

    /**
     * Returns a publisher that uses {@link #connectionFactory}. Bind the queues first, with
     * {@code admin().bind("orders", "billing")}.
     *
     * @param topic the name of the topic
     * @return the publisher
     * @throws IllegalArgumentException if the name of the topic is invalid
     */
    public RedisTopicPublisher publisher(String topic) {
        return new FactoryPublisher(connections, TopicName.require(topic));
    }

    /** {@return the operations for operators} */
    public QueueAdmin admin() {
        return admin;
    }

    /**
     * Deletes all data of the bundled server, except for the bindings of queues to topics, which are made by the listeners
     * of deployed applications.
     *
     * @throws IllegalStateException if the server is not the bundled one
     */
    public void clear() {
        if (!bundled) {
            throw new IllegalStateException(
                    "The Redis at " + address + " is not the bundled one. Its data is not deleted.");
        }
        List<TopicStatus> topics = admin.topics();
        try (RedisQueueConnection connection = connections.createConnection()) {
            connection.unwrap(RedissonClient.class).getKeys().flushall();
        }
        topics.forEach(topic -> topic.queues().forEach(queue -> admin.bind(topic.name(), queue)));
    }

    @Override
    public String toString() {
        return address;
    }
}
