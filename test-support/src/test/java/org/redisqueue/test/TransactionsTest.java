// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.arjuna.ats.jta.common.jtaPropertyManager;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.function.Consumer;
import javax.naming.Context;
import javax.naming.spi.InitialContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.OnDuplicate;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueException;
import org.redisqueue.RedisQueueSender;

/** The transactions in which queues in memory take part. */
class TransactionsTest {

    private final InMemoryQueues queues = new InMemoryQueues();
    private final RedisQueueSender orders = queues.sender("orders");
    private final TestQueue queue = queues.queue("orders");

    /** A JNDI in which every name is that of the registry. */
    public static final class Naming implements InitialContextFactory {

        @Override
        public Context getInitialContext(Hashtable<?, ?> environment) {
            return (Context) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {Context.class},
                    (proxy, method, arguments) ->
                            jtaPropertyManager.getJTAEnvironmentBean().getTransactionSynchronizationRegistry());
        }
    }

    @Nested
    class OfTheQueues {

        private final TestTransactions transactions = queues.transactions();

        @Test
        void commitPublishesTheMessagesOfAllConnections() {
            queues.inTransaction(() -> {
                orders.send("a");
                try (RedisQueueConnection connection = queues.createConnection()) {
                    connection.send("orders", "b");
                }
                assertThat(queue).isEmpty();
            });
            assertThat(queue).hasOnlyMessages("a", "b");
        }

        @Test
        void exceptionRollsBackAndIsThrown() {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> queues.inTransaction(() -> {
                        orders.send("a");
                        throw new IOException("checked");
                    }));
            assertThat(queue).isEmpty();
            assertThat(transactions.getStatus()).isEqualTo(Status.STATUS_NO_TRANSACTION);
        }

        @Test
        void receivedMessageIsRedeliveredAfterARollback() {
            orders.send("a");
            queues.inTransaction(() -> {
                try (RedisQueueConnection connection = queues.createConnection()) {
                    assertThat(connection.receive("orders", Duration.ZERO)).isPresent();
                }
                transactions.setRollbackOnly();
            });
            queues.letTimePass(Duration.ofSeconds(2));
            try (RedisQueueConnection connection = queues.createConnection()) {
                assertThat(connection.receive("orders", Duration.ZERO))
                        .hasValueSatisfying(
                                message -> assertThat(message.deliveryCount()).isEqualTo(2));
            }
        }

        @Test
        void innerTransactionIsIndependent() {
            queues.inTransaction(() -> {
                orders.send("outer");
                queues.inTransaction(() -> orders.send("inner"));
                assertThat(queue).hasOnlyMessages("inner");
                transactions.setRollbackOnly();
            });
            assertThat(queue).hasOnlyMessages("inner");
        }

        @Test
        void transactionMarkedForRollbackAcceptsNoMessages() {
            queues.inTransaction(() -> {
                transactions.setRollbackOnly();
                assertThatExceptionOfType(RedisQueueException.class)
                        .isThrownBy(() -> orders.send("a"))
                        .withMessage("RQ-110 The transaction accepts no more work because its state is ROLLBACK_ONLY.");
            });
        }

        @Test
        void localTransactionIsNotAvailable() {
            queues.inTransaction(() -> {
                try (RedisQueueConnection connection = queues.createConnection()) {
                    assertThatExceptionOfType(RedisQueueException.class)
                            .isThrownBy(connection::getLocalTransaction)
                            .withMessage("RQ-122 Local transactions are not available while the connection is part of a"
                                    + " JTA transaction.");
                }
            });
        }

        @Test
        void beanCanDemarcateTransactions() throws Exception {
            transactions.begin();
            assertThatExceptionOfType(NotSupportedException.class).isThrownBy(transactions::begin);
            assertThat(transactions.getStatus()).isEqualTo(Status.STATUS_ACTIVE);
            orders.send("a");
            transactions.commit();
            assertThat(queue).hasOnlyMessages("a");
            transactions.begin();
            orders.send("b");
            transactions.setRollbackOnly();
            assertThat(transactions.getStatus()).isEqualTo(Status.STATUS_MARKED_ROLLBACK);
            assertThatExceptionOfType(RollbackException.class).isThrownBy(transactions::commit);
            assertThatIllegalStateException().isThrownBy(transactions::rollback);
            assertThat(queue).hasOnlyMessages("a");
        }

        @Test
        void failureOfASynchronizationAfterTheCommitHasNoEffect() {
            List<Integer> statuses = new ArrayList<>();
            queues.inTransaction(() -> {
                orders.send("a");
                transactions.registerInterposedSynchronization(after(status -> {
                    throw new IllegalStateException("too late");
                }));
                transactions.registerInterposedSynchronization(after(statuses::add));
            });
            assertThat(queue).hasOnlyMessages("a");
            assertThat(statuses).containsExactly(Status.STATUS_COMMITTED);
        }

        private Synchronization after(Consumer<Integer> action) {
            return new Synchronization() {
                @Override
                public void beforeCompletion() {}

                @Override
                public void afterCompletion(int status) {
                    action.accept(status);
                }
            };
        }

        @Test
        void synchronizationsAreCalled() {
            List<String> calls = new ArrayList<>();
            queues.inTransaction(() -> {
                transactions.putResource("key", "value");
                assertThat(transactions.getResource("key")).isEqualTo("value");
                transactions.registerInterposedSynchronization(new Synchronization() {
                    @Override
                    public void beforeCompletion() {
                        orders.send("last");
                        calls.add("before");
                    }

                    @Override
                    public void afterCompletion(int status) {
                        calls.add("after " + (status == Status.STATUS_COMMITTED));
                    }
                });
            });
            assertThat(calls).containsExactly("before", "after true");
            assertThat(queue).hasOnlyMessages("last");
        }
    }

    @Nested
    class OfATransactionManager {

        private final TransactionManager manager = com.arjuna.ats.jta.TransactionManager.transactionManager();
        private final TransactionSynchronizationRegistry registry =
                jtaPropertyManager.getJTAEnvironmentBean().getTransactionSynchronizationRegistry();

        @AfterEach
        void end() throws Exception {
            if (manager.getStatus() != Status.STATUS_NO_TRANSACTION) {
                manager.rollback();
            }
        }

        @Test
        void registryIsJoined() throws Exception {
            queues.join(registry);
            commitsAndRollsBack();
        }

        @Test
        void managerIsJoined() throws Exception {
            queues.join(manager);
            commitsAndRollsBack();
        }

        private void commitsAndRollsBack() throws Exception {
            manager.begin();
            orders.send("a");
            orders.send("b");
            assertThat(queue).isEmpty();
            manager.commit();
            assertThat(queue).hasOnlyMessages("a", "b");

            manager.begin();
            orders.send("c");
            manager.setRollbackOnly();
            assertThatExceptionOfType(RedisQueueException.class)
                    .isThrownBy(() -> orders.send("d"))
                    .withMessageStartingWith("RQ-110 ");
            assertThatExceptionOfType(RollbackException.class).isThrownBy(manager::commit);
            assertThat(queue).hasOnlyMessages("a", "b");

            orders.send("without a transaction");
            assertThat(queue).hasMessageCount(3);
        }

        @Test
        void transactionRollsBackIfADeduplicationKeyWasTaken() throws Exception {
            queues.join(manager);
            OutgoingMessage message = OutgoingMessage.of("x")
                    .deduplicationKey("k", Duration.ofMinutes(1))
                    .onDuplicate(OnDuplicate.ROLLBACK);
            manager.begin();
            orders.send(message);
            orders.send("y");
            Transaction first = manager.suspend();
            String kept = orders.send(message);
            manager.resume(first);

            assertThatExceptionOfType(RollbackException.class).isThrownBy(manager::commit);

            assertThat(queue).hasOnlyMessages("x");
            manager.begin();
            assertThat(orders.send(message)).isEqualTo(kept);
            manager.commit();
            assertThat(queue).hasOnlyMessages("x");
        }

        @Test
        void deliveriesUseTheManager() {
            queues.join(manager);
            RedisMessageListener listener = message -> {
                try {
                    assertThat(manager.getStatus()).isEqualTo(Status.STATUS_ACTIVE);
                    orders.send("sent");
                    if (message.text().equals("fail")) {
                        throw new IllegalArgumentException("failed");
                    }
                } catch (SystemException e) {
                    throw new IllegalStateException(e);
                }
            };
            assertThatIllegalArgumentException().isThrownBy(() -> queues.deliver(TestMessage.of("fail"), listener));
            assertThat(queue).isEmpty();
            queues.deliver(TestMessage.of("succeed"), listener);
            assertThat(queue).hasOnlyMessages("sent");
        }

        @Test
        void registryInJndiIsFound() throws Exception {
            manager.begin();
            System.setProperty(Context.INITIAL_CONTEXT_FACTORY, Naming.class.getName());
            try {
                orders.send("a");
            } finally {
                System.clearProperty(Context.INITIAL_CONTEXT_FACTORY);
            }
            assertThat(queue).isEmpty();
            manager.commit();
            assertThat(queue).hasOnlyMessages("a");
        }

        @Test
        void independentTransactionWithinADeliveryCommits() {
            queues.join(registry);
            orders.send("x");
            RedisMessageListener listener = message -> {
                inNewTransaction(() -> queues.sender("audit").send("tried"));
                queues.sender("receipts").send("x");
                throw new IllegalStateException("after the audit");
            };
            assertThatIllegalStateException().isThrownBy(() -> queues.deliverNext("orders", listener));
            assertThat(queues.queue("audit")).hasOnlyMessages("tried");
            assertThat(queues.queue("receipts")).isEmpty();
        }

        /** Runs an action as a bean with REQUIRES_NEW. */
        private void inNewTransaction(Runnable action) {
            try {
                manager.begin();
                action.run();
                manager.commit();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        void transactionOfTheQueuesWithinAnotherIsIndependent() throws Exception {
            queues.join(registry);
            manager.begin();
            orders.send("outer");
            queues.inTransaction(() -> orders.send("inner"));
            assertThat(queue).hasOnlyMessages("inner");
            manager.rollback();
            assertThat(queue).hasOnlyMessages("inner");
        }

        @Test
        void transactionMarkedForRollbackBeforeItsFirstMessageAcceptsNone() throws Exception {
            queues.join(registry);
            manager.begin();
            manager.setRollbackOnly();
            assertThatExceptionOfType(RedisQueueException.class)
                    .isThrownBy(() -> orders.send("a"))
                    .withMessageStartingWith("RQ-110 ");
        }
    }

    /** A transaction whose status a transaction manager has changed, for example because its time is over. */
    @Nested
    class ThatHasEnded {

        private TransactionSynchronizationRegistry registry(int status) {
            return (TransactionSynchronizationRegistry) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {TransactionSynchronizationRegistry.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "getTransactionStatus" -> status;
                        case "getTransactionKey" -> "key";
                        default -> throw new UnsupportedOperationException(method.toString());
                    });
        }

        @ParameterizedTest
        @ValueSource(
                ints = {
                    Status.STATUS_MARKED_ROLLBACK,
                    Status.STATUS_PREPARING,
                    Status.STATUS_PREPARED,
                    Status.STATUS_COMMITTING,
                    Status.STATUS_ROLLING_BACK,
                    Status.STATUS_ROLLEDBACK,
                    Status.STATUS_UNKNOWN
                })
        void acceptsNoMessages(int status) {
            queues.join(registry(status));
            assertThatExceptionOfType(RedisQueueException.class)
                    .isThrownBy(() -> orders.send("a"))
                    .withMessageStartingWith("RQ-110 ");
            assertThat(queue).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(ints = {Status.STATUS_NO_TRANSACTION, Status.STATUS_COMMITTED})
        void messageIsSentImmediately(int status) {
            queues.join(registry(status));
            orders.send("a");
            assertThat(queue).hasOnlyMessages("a");
        }
    }
}
