// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import jakarta.resource.cci.LocalTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.DeadLetter;
import org.redisqueue.QueueCounts;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueException;
import org.redisqueue.internal.MessageId;
import org.redisqueue.internal.QueueName;
import org.redisqueue.internal.TopicName;
import org.redisqueue.ra.transaction.DeliveryConsumer;
import org.redisqueue.ra.transaction.DeliveryConsumption;

/** The application's handle of a managed connection. It checks the arguments and delegates to the connection. */
final class ConnectionHandle implements RedisQueueConnection, DeliveryConsumer {

    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

    private @Nullable RedisManagedConnection connection;

    ConnectionHandle(RedisManagedConnection connection) {
        this.connection = connection;
    }

    @Override
    public String send(String queue, Object body) {
        return sendAll(queue, List.of(body)).get(0);
    }

    @Override
    public List<String> sendAll(String queue, Collection<?> bodies) {
        return connection().send(QueueName.require(queue), new ArrayList<>(bodies));
    }

    @Override
    public String publish(String topic, Object body) {
        return publishAll(topic, List.of(body)).get(0);
    }

    @Override
    public List<String> publishAll(String topic, Collection<?> bodies) {
        return connection().publish(TopicName.require(topic), new ArrayList<>(bodies));
    }

    @Override
    public Optional<RedisMessage> receive(String queue, Duration timeout) {
        if (timeout.isNegative() || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("RQ-119 The timeout is " + timeout + ", but must be 0 to 1 hour.");
        }
        return connection().receive(QueueName.require(queue), timeout);
    }

    @Override
    public boolean cancelScheduled(String queue, String id) {
        return connection().cancelScheduled(QueueName.require(queue), MessageId.require(id));
    }

    @Override
    public QueueCounts counts(String queue) {
        return connection().inspect(QueueName.require(queue), 0).counts();
    }

    @Override
    public List<DeadLetter> deadLetters(String queue, int limit) {
        if (limit < 1 || limit > 10_000) {
            throw new IllegalArgumentException("RQ-119 The limit is " + limit + ", but must be 1 to 10,000.");
        }
        return connection().inspect(QueueName.require(queue), limit).deadLetters();
    }

    @Override
    public LocalTransaction getLocalTransaction() {
        return connection().applicationTransaction();
    }

    @Override
    public void consume(DeliveryConsumption delivery) {
        connection().consume(delivery);
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return connection().unwrap(type);
    }

    @Override
    public void close() {
        if (connection != null) {
            RedisManagedConnection closed = connection;
            connection = null;
            closed.closed(this);
        }
    }

    /**
     * Associates the handle with a different managed connection, or with none.
     *
     * @param other the managed connection; null to close the handle
     * @return the previous managed connection; null if the handle was closed
     */
    @Nullable
    RedisManagedConnection associate(@Nullable RedisManagedConnection other) {
        RedisManagedConnection previous = connection;
        connection = other;
        return previous;
    }

    private RedisManagedConnection connection() {
        if (connection == null) {
            throw new RedisQueueException("RQ-120 The connection is closed. Create a new connection.");
        }
        return connection;
    }
}
