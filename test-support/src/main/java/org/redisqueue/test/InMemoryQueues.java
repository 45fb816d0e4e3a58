// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.NotSerializableException;
import java.io.ObjectStreamException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.naming.Reference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.RedisTopic;
import org.redisqueue.RedisTopicPublisher;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.internal.QueueName;
import org.redisqueue.internal.TopicName;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerActivator;
import org.redisqueue.spi.ListenerEndpoint;
import org.redisqueue.test.internal.listener.Expressions;
import org.redisqueue.test.internal.listener.FactoryPublisher;
import org.redisqueue.test.internal.listener.FactorySender;
import org.redisqueue.test.internal.listener.ResourceInjection;
import org.redisqueue.test.internal.listener.TestListener;
import org.redisqueue.test.internal.memory.MemoryConnection;
import org.redisqueue.test.internal.memory.MemorySource;
import org.redisqueue.test.internal.memory.QueueStore;

/**
 * Queues in memory, for unit tests: a connection factory without Redis, container or network.
 *
 * <pre>{@code
 * class OrderListenerTest {
 *     private final InMemoryQueues queues = new InMemoryQueues();
 *     private final OrderListener listener = queues.inject(new OrderListener());
 *
 *     @Test
 *     void orderGetsAReceipt() {
 *         queues.deliver(TestMessage.of(new Order("book", 2)), listener);
 *         assertThat(queues.queue("receipts")).hasMessage(new Receipt("book"));
 *     }
 * }
 * }</pre>
 *
 * <p>Connections and senders behave as documented: messages are sent and acknowledged when a transaction commits, and
 * ids, headers, times to live and errors are those of the adapter. {@link #admin}, {@link #activate} and
 * {@link RedisQueueConnection#unwrap} are not available.
 *
 * <p>The class is also a CDI bean, for example with weld-junit5: it provides {@link RedisQueueConnectionFactory} and
 * every {@code @Inject @RedisQueue("…") RedisQueueSender} and {@code @Inject @RedisTopic("…") RedisTopicPublisher}.
 *
 * <p>Instances are thread-safe. Different instances share nothing.
 */
@ApplicationScoped
@Alternative
@Priority(1)
public class InMemoryQueues implements RedisQueueConnectionFactory, ListenerActivator {

    private static final long serialVersionUID = 1L;

    /** How long {@link QueueAssert#eventually} waits for other threads. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final String NO_ADAPTER =
            "RQ-127 The connection factory has no resource adapter, which activating listeners and administering"
                    + " queues requires.";

    private static final int MAX_MESSAGE_SIZE = maxMessageSize();

    private final transient QueueStore store = new QueueStore();
    private final transient QueueTransactions transactions = new QueueTransactions(store);
    private transient @Nullable Reference reference;

    /** The default values of the connection properties. */
    private static final class Defaults extends ConnectionProperties {}

    /** Creates empty queues. */
    public InMemoryQueues() {}

    private static int maxMessageSize() {
        Defaults defaults = new Defaults();
        Configuration.applyDefaults(defaults);
        return Objects.requireNonNull(defaults.getMaxMessageSize());
    }

    @Override
    public RedisQueueConnection createConnection() {
        return new MemoryConnection(store, transactions, MAX_MESSAGE_SIZE);
    }

    /** {@return a connection like that of {@link #createConnection()}} The credentials are not checked. */
    @Override
    public RedisQueueConnection createConnection(String user, String password) {
        return createConnection();
    }

    /**
     * Not available in memory.
     *
     * @throws RedisQueueException always
     */
    @Override
    public QueueAdmin admin() {
        throw new RedisQueueException(NO_ADAPTER);
    }

    /**
     * Not available in memory: the test itself {@linkplain #deliverAll(String, Object) delivers} the messages.
     *
     * @throws RedisQueueException always
     */
    @Override
    public ListenerActivation activate(
            String listener,
            Map<String, String> properties,
            boolean transacted,
            boolean paused,
            ListenerEndpoint endpoint) {
        throw new RedisQueueException(NO_ADAPTER);
    }

    /**
     * Returns a sender, as {@code @Inject @RedisQueue} provides it.
     *
     * @param queue the name of the queue
     * @return the sender
     * @throws IllegalArgumentException if the name of the queue is invalid
     */
    public RedisQueueSender sender(String queue) {
        return new FactorySender(this, QueueName.require(queue));
    }

    /**
     * Returns a publisher, as {@code @Inject @RedisTopic} provides it.
     *
     * @param topic the name of the topic
     * @return the publisher
     * @throws IllegalArgumentException if the name of the topic is invalid
     */
    public RedisTopicPublisher publisher(String topic) {
        return new FactoryPublisher(this, TopicName.require(topic));
    }

    /**
     * Binds a queue to a topic: messages that are published to the topic are sent to the queue from now on. The adapter
     * does so when it activates a listener that names a topic. {@link #clear} does not end the binding.
     *
     * @param topic the name of the topic
     * @param queue the name of the queue
     * @return this
     * @throws IllegalArgumentException if a name is invalid
     */
    public InMemoryQueues bind(String topic, String queue) {
        store.bind(TopicName.require(topic), QueueName.require(queue));
        return this;
    }

    /**
     * Returns a queue, for assertions about its messages.
     *
     * @param name the name of the queue
     * @return the queue
     * @throws IllegalArgumentException if the name of the queue is invalid
     */
    public TestQueue queue(String name) {
        return new TestQueue(new MemorySource(store, QueueName.require(name)), TIMEOUT);
    }

    /**
     * Returns the transactions that the connections and senders join.
     *
     * @return the transactions, for a bean that expects a {@code UserTransaction} or a
     *     {@code TransactionSynchronizationRegistry}
     */
    public TestTransactions transactions() {
        return transactions.own();
    }

    /**
     * Runs an action in a new transaction, which commits when the action returns and rolls back when it throws an
     * exception or the transaction is marked for rollback. A transaction of the thread is suspended while it runs.
     *
     * @param action what to do in the transaction. What it throws is thrown to the caller, even if it is a checked
     *     exception
     */
    public void inTransaction(Executable action) {
        try {
            transactions.run(action);
        } catch (Throwable e) {
            MemoryDeliveries.<RuntimeException>throwUnchecked(e);
        }
    }

    /**
     * Makes the queues join the transactions that this registry shows. {@link #inTransaction} and deliveries still use
     * transactions of the queues alone. A {@link TransactionManager} or a registry in JNDI or among the CDI beans is joined
     * without this call.
     *
     * @param registry the registry of a transaction manager
     * @return this
     */
    public InMemoryQueues join(TransactionSynchronizationRegistry registry) {
        transactions.join(registry);
        return this;
    }

    /**
     * Makes the queues join the transactions of this transaction manager. {@link #inTransaction} and
     * deliveries use it, too.
     *
     * @param manager the transaction manager
     * @return this
     */
    public InMemoryQueues join(TransactionManager manager) {
        transactions.join(manager);
        return this;
    }

    private MemoryDeliveries deliveries() {
        return new MemoryDeliveries(this, store, transactions);
    }

    /** Joins the transactions of a CDI application that has a transaction manager, once a transaction is needed. */
    @Inject
    void join(Instance<TransactionManager> managers, Instance<TransactionSynchronizationRegistry> registries) {
        transactions.discoverBy(() -> JtaLookup.in(transactions, managers, registries));
    }

    /**
     * Injects the queues into a bean, as a container does: sets its {@code @Inject @RedisQueue} senders and
     * {@code @Inject @RedisTopic} publishers, and its {@code @Resource} and {@code @Inject} fields and {@code @Resource} methods of the types
     * {@link RedisQueueConnectionFactory}, {@code UserTransaction} and {@code TransactionSynchronizationRegistry}. Other
     * fields are not changed.
     *
     * @param <T> the class of the bean
     * @param bean the bean
     * @return the bean
     */
    public <T> T inject(T bean) {
        new ResourceInjection(this::sender, this::publisher, this, transactions()).into(bean);
        return bean;
    }

    /**
     * Delivers a message to a listener in a new transaction, as the adapter would: the transaction commits when the
     * listener returns, and is rolled back when it throws an exception. An application exception of a message-driven bean,
     * or one that {@code dontRollbackOn} names, commits. What the listener throws is thrown to the caller.
     *
     * @param message the message, usually a {@link TestMessage}; it need not be in a queue
     * @param listener a {@link org.redisqueue.RedisMessageListener}, or an object with a method annotated with
     *     {@link org.redisqueue.RedisQueueListener}. If there are several such methods, the message's queue selects one.
     *     Parameters that the listener does not take from the message come from CDI
     * @throws IllegalArgumentException if the object is not a listener, or the deployment of the listener would fail
     * @throws org.redisqueue.spi.UnreadableMessageException if the listener cannot receive the message; the adapter would
     *     dead-letter it
     */
    public void deliver(RedisMessage message, Object listener) {
        deliveries().deliver(message, TestListener.of(listener, message.queue()));
    }

    /**
     * Delivers messages to a batch listener in one call and one new transaction. Otherwise like
     * {@link #deliver(RedisMessage, Object)}. The other methods deliver each message to a batch listener in a list of its
     * own, as the adapter does when a queue has no further messages.
     *
     * @param messages the messages, at least one, usually of type {@link TestMessage}; they need not be in a queue
     * @param listener a {@link org.redisqueue.RedisBatchListener}, or an object with a method annotated with
     *     {@link org.redisqueue.RedisQueueListener} that sets {@code batch}
     * @throws IllegalArgumentException if there are no messages, if the object is not a batch listener, or if the
     *     deployment of the listener would fail
     * @throws org.redisqueue.spi.UnreadableMessageException if the listener cannot receive one of the messages; the
     *     adapter would dead-letter it, and deliver the others
     */
    public void deliver(List<? extends RedisMessage> messages, Object listener) {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("A batch has at least one message.");
        }
        deliveries().deliver(messages, TestListener.of(listener, messages.get(0).queue()));
    }

    /**
     * Delivers the next message of a queue, like {@link #deliver}. The message leaves the queue if the transaction
     * commits. Otherwise it waits for its redelivery or, after {@code maxDeliveries} failures, becomes a dead letter. If
     * no message is ready, the clock advances to the next redelivery.
     *
     * @param queue the name of the queue
     * @param listener the listener, as for {@link #deliver}
     * @throws AssertionError if there is no message to deliver
     * @throws IllegalArgumentException as for {@link #deliver}, and if the listener consumes a different queue
     */
    public void deliverNext(String queue, Object listener) {
        deliveries()
                .deliverNext(
                        queue,
                        TestListener.of(listener, QueueName.require(queue)).requireQueue(queue));
    }

    /**
     * Delivers the messages of a queue, and redelivers those that fail, until each is acknowledged or a dead letter. The
     * clock advances instead of waiting for redeliveries, but not for scheduled messages. Exceptions of the listener are not thrown to the caller, except
     * {@link AssertionError}: they cause a redelivery, and are the reason of a dead letter.
     *
     * @param queue the name of the queue
     * @param listener the listener, as for {@link #deliver}
     * @return the number of deliveries
     * @throws AssertionError if there are more than 10,000 deliveries, as with a listener that sends to its own queue
     * @throws IllegalArgumentException as for {@link #deliverNext}
     */
    public int deliverAll(String queue, Object listener) {
        return deliveries()
                .deliverAll(
                        queue,
                        TestListener.of(listener, QueueName.require(queue)).requireQueue(queue));
    }

    /**
     * Delivers the messages of a queue, like {@link #deliverAll(String, Object)}, to the CDI bean that has a
     * {@link org.redisqueue.RedisQueueListener} for it.
     *
     * @param queue the name of the queue
     * @return the number of deliveries
     * @throws IllegalStateException if there is no CDI container, or not exactly one such bean
     */
    public int deliverAll(String queue) {
        return deliveries().deliverAll(queue, TestListener.ofQueue(QueueName.require(queue)));
    }

    /**
     * Advances the clock by which messages expire, are redelivered and become due. The clock stands still otherwise, except
     * while {@link RedisQueueConnection#receive} waits, and redelivery delays have no random addition.
     *
     * @param time how much time passes
     */
    public void letTimePass(Duration time) {
        store.letTimePass(time);
    }

    /** Deletes all messages and deduplication keys. Bindings remain. */
    public void clear() {
        store.clear();
    }

    @Override
    public void setReference(Reference reference) {
        this.reference = reference;
    }

    @Override
    public @Nullable Reference getReference() {
        return reference;
    }

    /**
     * Refuses serialization: the queues exist only in memory.
     *
     * @return never
     * @throws ObjectStreamException always
     */
    private Object writeReplace() throws ObjectStreamException {
        throw new NotSerializableException(getClass().getName());
    }

    @Produces
    @Dependent
    @RedisQueue("")
    RedisQueueSender sender(InjectionPoint point) {
        return point.getQualifiers().stream()
                .filter(RedisQueue.class::isInstance)
                .map(qualifier -> sender(Expressions.resolve(((RedisQueue) qualifier).value())))
                .findFirst()
                .orElseThrow();
    }

    @Produces
    @Dependent
    @RedisTopic("")
    RedisTopicPublisher publisher(InjectionPoint point) {
        return point.getQualifiers().stream()
                .filter(RedisTopic.class::isInstance)
                .map(qualifier -> publisher(Expressions.resolve(((RedisTopic) qualifier).value())))
                .findFirst()
                .orElseThrow();
    }
}
