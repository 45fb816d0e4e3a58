// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Proxy;
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

        @RedisQueueListener(queue = "hidden")
        private void hide(String item) {}
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
        void unknownQueueIsReported() {
            assertThatIllegalStateException()
                    .isThrownBy(() -> queues.deliverAll("order"))
                    .withMessage(
                            "No CDI bean has a method annotated with @RedisQueueListener for queue 'order'. Add the"
                                    + " class of the bean to the test's container.");
        }

        @Test
        void privateMethodOfAProxyIsRefused() {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> queues.deliverAll("hidden"))
                    .withMessageContaining("'Desk.hide' is private");
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
}
