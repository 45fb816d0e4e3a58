// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import jakarta.resource.cci.LocalTransaction;
import jakarta.resource.spi.LocalTransactionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
import org.redisqueue.ra.message.SentMessage;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/** A connection to queues in memory. */
public final class MemoryConnection implements RedisQueueConnection {

    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final String ROLLED_BACK = "The transaction that received the message was rolled back";

    private final QueueStore store;
    private final Transactions transactions;
    private final int maxMessageSize;
    private final Local local = new Local();
    private boolean closed;

    /**
     * Creates an open connection.
     *
     * @param maxMessageSize maximum size of a message including its headers, in bytes
     */
    public MemoryConnection(QueueStore store, Transactions transactions, int maxMessageSize) {
        this.store = store;
        this.transactions = transactions;
        this.maxMessageSize = maxMessageSize;
    }

    @Override
    public String send(String queue, Object body) {
        return sendAll(queue, List.of(body)).get(0);
    }

    @Override
    public List<String> sendAll(String queue, Collection<?> bodies) {
        requireOpen();
        QueueName.require(queue);
        List<SendRequest> messages = new ArrayList<>();
        for (Object body : bodies) {
            messages.add(SentMessage.of(queue, body, maxMessageSize, Map.of()));
        }
        return dispatch(messages);
    }

    @Override
    public String publish(String topic, Object body) {
        return publishAll(topic, List.of(body)).get(0);
    }

    @Override
    public List<String> publishAll(String topic, Collection<?> bodies) {
        requireOpen();
        TopicName.require(topic);
        List<SendRequest> published = new ArrayList<>();
        for (Object body : bodies) {
            published.add(SentMessage.ofTopic(topic, body, maxMessageSize, Map.of()));
        }
        if (published.isEmpty()) {
            return List.of();
        }
        List<String> queues = store.queues(topic);
        List<String> sent = dispatch(queues.stream()
                .flatMap(queue -> published.stream().map(message -> message.to(queue)))
                .toList());
        return SentMessage.publishedIds(published, sent);
    }

    private List<String> dispatch(List<SendRequest> messages) {
        return branch().map(branch -> branch.send(messages)).orElseGet(() -> store.send(messages));
    }

    @Override
    public Optional<RedisMessage> receive(String queue, Duration timeout) {
        if (timeout.isNegative() || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("RQ-119 The timeout is " + timeout + ", but must be 0 to 1 hour.");
        }
        requireOpen();
        QueueName.require(queue);
        Optional<MemoryBranch> branch = branch();
        Optional<Claim> claimed;
        try {
            claimed = store.claim(queue, timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisQueueException(
                    "RQ-123 The thread was interrupted while receiving from queue '" + queue + "'.");
        }
        claimed.ifPresent(claim -> branch.ifPresentOrElse(consuming -> consume(consuming, claim), claim::acknowledge));
        return claimed.map(Claim::message);
    }

    private static void consume(MemoryBranch branch, Claim claim) {
        try {
            branch.consume(new Received(claim));
        } catch (RedisQueueException e) { // another consumer may be able to accept the message
            claim.release();
            throw e;
        }
    }

    @Override
    public boolean cancelScheduled(String queue, String id) {
        requireOpen();
        return store.cancelScheduled(QueueName.require(queue), MessageId.require(id));
    }

    @Override
    public QueueCounts counts(String queue) {
        requireOpen();
        return store.counts(QueueName.require(queue));
    }

    @Override
    public List<DeadLetter> deadLetters(String queue, int limit) {
        if (limit < 1 || limit > 10_000) {
            throw new IllegalArgumentException("RQ-119 The limit is " + limit + ", but must be 1 to 10,000.");
        }
        requireOpen();
        return store.deadLetters(QueueName.require(queue), limit);
    }

    @Override
    public LocalTransaction getLocalTransaction() {
        requireOpen();
        if (transactions.current().isPresent()) {
            throw new RedisQueueException(
                    "RQ-122 Local transactions are not available while the connection is part of a JTA transaction.");
        }
        return local;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        requireOpen();
        throw new IllegalArgumentException(
                "RQ-121 The queues are in memory: there is no client to unwrap as " + type.getName() + ".");
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            local.reset();
        }
    }

    private Optional<MemoryBranch> branch() {
        Optional<MemoryBranch> distributed = transactions.current();
        return distributed.isPresent() ? distributed : Optional.ofNullable(local.branch);
    }

    private void requireOpen() {
        if (closed) {
            throw new RedisQueueException("RQ-120 The connection is closed. Create a new connection.");
        }
    }

    /** A message that the application received in a transaction. */
    private record Received(Claim claim) implements Consumption {

        @Override
        public String queue() {
            return claim.message().queue();
        }

        @Override
        public String id() {
            return claim.message().id();
        }

        @Override
        public void committed() {
            claim.acknowledge();
        }

        @Override
        public void rolledBack() {
            claim.redeliver(RedeliveryPolicy.DEFAULT, ROLLED_BACK);
        }
    }

    /** The local transaction of this connection. */
    private final class Local implements LocalTransaction {

        private @Nullable MemoryBranch branch;

        @Override
        public void begin() throws LocalTransactionException {
            if (branch != null) {
                throw new LocalTransactionException("RQ-122 A local transaction is already active.");
            }
            branch = new MemoryBranch(store);
        }

        @Override
        public void commit() throws LocalTransactionException {
            MemoryBranch ending = end();
            try {
                ending.prepare();
            } catch (RedisQueueException e) {
                ending.rollBack();
                throw new LocalTransactionException(e.getMessage(), e);
            }
            ending.commit();
        }

        @Override
        public void rollback() throws LocalTransactionException {
            end().rollBack();
        }

        private MemoryBranch end() throws LocalTransactionException {
            if (branch == null) {
                throw new LocalTransactionException("RQ-122 No local transaction is active.");
            }
            MemoryBranch ending = branch;
            branch = null;
            return ending;
        }

        private void reset() {
            if (branch != null) {
                branch.rollBack();
                branch = null;
            }
        }
    }
}
