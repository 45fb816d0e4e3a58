// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.UserTransaction;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jboss.weld.junit5.WeldInitiator;
import org.jboss.weld.junit5.WeldJunit5Extension;
import org.jboss.weld.junit5.WeldSetup;
import org.jboss.weld.junit5.auto.AddBeanClasses;
import org.jboss.weld.junit5.auto.EnableAutoWeld;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.RedisTopic;
import org.redisqueue.RedisTopicPublisher;

/** Queues in memory as a CDI bean. */
class WeldTest {

    @ApplicationScoped
    static class Prices {
        int of(String item) {
            return item.length();
        }
    }

    @ApplicationScoped
    static class Desk {

        @Inject
        @RedisQueue("${weld.test.queue:receipts}")
        private RedisQueueSender receipts;

        @RedisQueueListener(queue = "orders")
        void receive(String item, Prices prices) {
            receipts.send(item + " costs " + prices.of(item));
        }
    }

    @Nested
    @ExtendWith(WeldJunit5Extension.class)
    class WithListedBeans {

        @WeldSetup
        WeldInitiator weld = WeldInitiator.of(Desk.class, Prices.class, InMemoryQueues.class);

        @Inject
        private InMemoryQueues queues;

        @Inject
        private RedisQueueConnectionFactory factory;

        @Inject
        @RedisQueue("orders")
        private RedisQueueSender orders;

        @Test
        void beansShareTheQueues() {
            orders.send("book");
            assertThat(queues.deliverAll("orders")).isEqualTo(1);
            assertThat(queues.queue("receipts")).hasOnlyMessages("book costs 4");
        }

        @Test
        void connectionFactoryIsInjected() {
            try (var connection = factory.createConnection()) {
                connection.send("orders", "pen");
            }
            assertThat(queues.queue("orders")).hasOnlyMessages("pen");
        }

        @Test
        void literalSelectsASender() {
            weld.select(RedisQueueSender.class, RedisQueue.Literal.of("mails"))
                    .get()
                    .send("x");
            assertThat(queues.queue("mails")).hasOnlyMessages("x");
        }

        @Test
        void literalSelectsAPublisher() {
            queues.bind("events", "mails");
            weld.select(RedisTopicPublisher.class, RedisTopic.Literal.of("events"))
                    .get()
                    .publish("x");
            assertThat(queues.queue("mails")).hasOnlyMessages("x");
        }

        @Test
        void unknownQueueIsReported() {
            assertThatIllegalStateException()
                    .isThrownBy(() -> queues.deliverAll("order"))
                    .withMessage(
                            "No CDI bean has a method annotated with @RedisQueueListener for queue 'order'. Add the"
                                    + " class of the bean to the test's container.");
        }
    }

    @Nested
    @ExtendWith(WeldJunit5Extension.class)
    class WithATransactionManager {

        /** Provides the registry of other queues, whose transactions stand for those of a transaction manager. */
        @ApplicationScoped
        static class Registries {

            private final TestTransactions transactions = new InMemoryQueues().transactions();

            @Produces
            TransactionSynchronizationRegistry registry() {
                return (TransactionSynchronizationRegistry) Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {TransactionSynchronizationRegistry.class},
                        (proxy, method, arguments) -> method.invoke(transactions, arguments));
            }

            TestTransactions transactions() {
                return transactions;
            }
        }

        @WeldSetup
        WeldInitiator weld = WeldInitiator.of(InMemoryQueues.class, Registries.class);

        @Inject
        private InMemoryQueues queues;

        @Inject
        private Registries registries;

        @Test
        void registryAmongTheBeansIsFound() throws Exception {
            registries.transactions().begin();
            queues.sender("orders").send("a");
            assertThat(queues.queue("orders")).isEmpty();
            registries.transactions().commit();
            assertThat(queues.queue("orders")).hasOnlyMessages("a");
        }
    }

    @Nested
    @EnableAutoWeld
    @AddBeanClasses(Prices.class)
    class WithDiscoveredBeans {

        @Inject
        private InMemoryQueues queues;

        @Inject
        private Desk desk;

        @Test
        void listenerIsDelivered() {
            queues.deliver(TestMessage.of("book").queue("orders"), desk);
            assertThat(queues.queue("receipts")).hasOnlyMessages("book costs 4");
        }
    }

    /** Hands the transactions of the queues to beans that are unaware of the tests. */
    @ApplicationScoped
    static class TransactionsOfTheQueues {

        @Produces
        @Dependent
        TransactionSynchronizationRegistry registry(InMemoryQueues queues) {
            return queues.transactions();
        }

        @Produces
        @Dependent
        UserTransaction transaction(InMemoryQueues queues) {
            return queues.transactions();
        }
    }

    @ApplicationScoped
    static class Bookkeeping {

        @Inject
        private TransactionSynchronizationRegistry transaction;

        @Inject
        @RedisQueue("books")
        private RedisQueueSender books;

        @RedisQueueListener(queue = "entries", properties = "maxDeliveries=1")
        void enter(String entry) {
            books.send(entry);
            if (entry.equals("wrong")) {
                transaction.setRollbackOnly();
            }
        }
    }

    @Nested
    @EnableAutoWeld
    @AddBeanClasses({TransactionsOfTheQueues.class, Bookkeeping.class})
    class WithProducedTransactions {

        @Inject
        private InMemoryQueues queues;

        @Test
        void beanCanMarkTheTransactionForRollback() {
            queues.sender("entries").sendAll(List.of("right", "wrong"));
            assertThat(queues.deliverAll("entries")).isEqualTo(2);
            assertThat(queues.queue("books")).hasOnlyMessages("right");
        }
    }

    @ApplicationScoped
    static class Narayana {

        @Produces
        @Dependent
        TransactionManager manager() {
            return com.arjuna.ats.jta.TransactionManager.transactionManager();
        }
    }

    @ApplicationScoped
    static class StatusListener {

        @Inject
        private TransactionManager manager;

        private int status;

        @RedisQueueListener(queue = "statuses")
        void receive(String text) throws SystemException {
            status = manager.getStatus();
        }

        int status() {
            return status;
        }
    }

    @Nested
    @EnableAutoWeld
    @AddBeanClasses(Narayana.class)
    class WithAProducedManager {

        @Inject
        private InMemoryQueues queues;

        @Inject
        private StatusListener listener;

        @Test
        void deliveriesUseIt() {
            queues.sender("statuses").send("x");
            queues.deliverAll("statuses");
            assertThat(listener.status()).isEqualTo(Status.STATUS_ACTIVE);
        }
    }
}
