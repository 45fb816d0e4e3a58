// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import jakarta.annotation.Resource;
import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import jakarta.transaction.UserTransaction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.redisqueue.Header;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.PublishTo;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.SendTo;
import org.redisqueue.admin.Place;
import org.redisqueue.spi.UnreadableMessageException;

/** Deliveries to listeners in a unit test have the effects of those by the adapter. */
class DeliveriesTest {

    private final InMemoryQueues queues = new InMemoryQueues();

    public record Order(String item) {}

    /** Sends a receipt, then does what the item says. */
    @MessageDriven(
            activationConfig = {
                @ActivationConfigProperty(propertyName = "queue", propertyValue = "orders"),
                @ActivationConfigProperty(propertyName = "maxDeliveries", propertyValue = "3")
            })
    static class OrderListener implements RedisMessageListener {

        @Inject
        @RedisQueue("receipts")
        private RedisQueueSender receipts;

        @Resource
        private TransactionSynchronizationRegistry transaction;

        @Override
        public void onMessage(RedisMessage message) {
            String item = message.json(Order.class).item();
            receipts.send(item);
            switch (item) {
                case "broken" -> throw new IllegalStateException("A broken item");
                case "marked" -> transaction.setRollbackOnly();
                case "flaky" -> {
                    if (message.deliveryCount() < 3) {
                        throw new IllegalStateException("A flaky item");
                    }
                }
                default -> {}
            }
        }
    }

    private final OrderListener listener = queues.inject(new OrderListener());

    @Nested
    class OfOneMessage {

        @Test
        void commitPublishesWhatTheListenerSends() {
            queues.deliver(TestMessage.of(new Order("book")), listener);
            assertThat(queues.queue("receipts")).hasOnlyMessages("book");
        }

        @Test
        void exceptionRollsBackAndReachesTheTest() {
            assertThatIllegalStateException()
                    .isThrownBy(() -> queues.deliver(TestMessage.of(new Order("broken")), listener))
                    .withMessage("A broken item");
            assertThat(queues.queue("receipts")).isEmpty();
        }

        @Test
        void markForRollbackRollsBack() {
            queues.deliver(TestMessage.of(new Order("marked")), listener);
            assertThat(queues.queue("receipts")).isEmpty();
        }

        @Test
        void lambdaCanBeAListener() {
            List<String> received = new ArrayList<>();
            RedisMessageListener lambda = message -> received.add(message.text());
            queues.deliver(TestMessage.of("hello"), lambda);
            assertThat(received).containsExactly("hello");
        }

        @Test
        void listenerCannotSendTheMessageThatItConsumes() {
            RedisMessageListener echo = message ->
                    queues.sender(message.queue()).send(OutgoingMessage.of("x").id(message.id()));
            assertThatExceptionOfType(RedisQueueException.class)
                    .isThrownBy(() -> queues.deliver(TestMessage.of("hello"), echo))
                    .withMessageStartingWith("RQ-124 ");
        }

        @Test
        void deliveryHasASeparateTransaction() {
            queues.inTransaction(() -> {
                queues.sender("mails").send("outer");
                queues.deliver(TestMessage.of(new Order("book")), listener);
                assertThat(queues.queue("receipts")).hasMessage("book");
                assertThat(queues.queue("mails")).isEmpty();
            });
            assertThat(queues.queue("mails")).hasMessage("outer");
        }
    }

    @Nested
    class OfAQueue {

        @Test
        void nextMessageLeavesTheQueueIfItsTransactionCommits() {
            queues.sender("orders").sendAll(List.of(new Order("book"), new Order("pen")));
            queues.deliverNext("orders", listener);
            assertThat(queues.queue("orders")).hasOnlyMessages(new Order("pen"));
            assertThat(queues.queue("receipts")).hasOnlyMessages("book");
        }

        @Test
        void rolledBackMessageWaitsForItsRedelivery() {
            queues.sender("orders").send(new Order("flaky"));
            assertThatIllegalStateException().isThrownBy(() -> queues.deliverNext("orders", listener));
            assertThat(queues.queue("orders"))
                    .hasCount(Place.REDELIVERING, 1)
                    .hasMessageSatisfying(
                            message -> assertThat(message.deliveryCount()).isEqualTo(2));
        }

        @Test
        void messagesAreRedeliveredUntilTheySucceed() {
            queues.sender("orders").sendAll(List.of(new Order("flaky"), new Order("book")));
            assertThat(queues.deliverAll("orders", listener)).isEqualTo(4);
            assertThat(queues.queue("orders")).isEmpty();
            assertThat(queues.queue("receipts")).hasOnlyMessages("book", "flaky");
        }

        @Test
        void messageThatKeepsFailingBecomesADeadLetter() {
            queues.sender("orders").send(new Order("broken"));
            assertThat(queues.deliverAll("orders", listener))
                    .as("maxDeliveries of the bean")
                    .isEqualTo(3);
            assertThat(queues.queue("orders"))
                    .hasDeadLetter("java.lang.IllegalStateException: A broken item")
                    .hasMessageCount(0);
            assertThat(queues.queue("receipts")).isEmpty();
        }

        @Test
        void listenerThatSendsToItsOwnQueueForeverFailsTheTest() {
            queues.sender("orders").send("x");
            RedisMessageListener repeating = message -> queues.sender("orders").send(message.text());
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> queues.deliverAll("orders", repeating))
                    .withMessage(
                            "Queue 'orders' still has messages after 10000 deliveries. If the listener sends to its"
                                    + " own queue, use deliverNext.");
        }

        @Test
        void rollbackWithoutAnExceptionIsAFailure() {
            queues.sender("orders").send(new Order("marked"));
            queues.deliverAll("orders", listener);
            assertThat(queues.queue("orders"))
                    .hasDeadLetter("The transaction was rolled back without an exception from the listener");
        }

        @Test
        void failedAssertionInAListenerFailsTheTest() {
            queues.sender("orders").send("x");
            RedisMessageListener strict =
                    message -> assertThat(message.text()).as("text").isEqualTo("y");
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> queues.deliverAll("orders", strict))
                    .withMessageContaining("[text]");
        }

        @Test
        void missingMessageFailsTheTest() {
            queues.sender("order").send("x");
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> queues.deliverNext("orders", listener))
                    .withMessage("""
                        Queue 'orders' has no message to deliver: it is empty.
                        Queues that have messages: order.\
                        """);
            assertThat(queues.deliverAll("orders", listener)).isZero();
        }
    }

    @Nested
    class ToAnnotatedMethods {

        static class Desk {

            @RedisQueueListener(queue = "receipts")
            @SendTo("mails")
            Optional<String> receive(
                    Order order, @Header("Locale") String locale, @Header("count") Optional<Integer> n) {
                return order.item().equals("secret")
                        ? Optional.empty()
                        : Optional.of(order.item() + " " + locale + " " + n.orElse(0));
            }

            @RedisQueueListener(queue = "${returns.queue:returns}", properties = "maxDeliveries=1")
            private void takeBack(String text) throws IOException {
                throw new IOException("Not taken back: " + text);
            }

            @RedisQueueListener(queue = "billing", topic = "events")
            @SendTo("mails")
            @PublishTo("bills")
            String bill(String text) {
                return "bill for " + text;
            }

            @Transactional(dontRollbackOn = IllegalArgumentException.class)
            @RedisQueueListener(queue = "doubts")
            @SendTo("mails")
            String doubt(String text) {
                throw new IllegalArgumentException(text);
            }
        }

        private final Desk desk = new Desk();

        static class Reminding {

            @RedisQueueListener(queue = "orders")
            @SendTo("reminders")
            OutgoingMessage remind(String order) {
                return OutgoingMessage.of(order).delay(Duration.ofHours(24));
            }
        }

        @Test
        void resultIsScheduled() {
            Reminding reminding = new Reminding();
            queues.sender("orders").send("book");
            queues.sender("orders").send(OutgoingMessage.of("pen").delay(Duration.ofHours(1)));

            assertThat(queues.deliverAll("orders", reminding)).isEqualTo(1);
            assertThat(queues.queue("orders")).hasCount(Place.SCHEDULED, 1);
            assertThat(queues.queue("reminders")).hasCount(Place.SCHEDULED, 1).hasMessageCount(1);
            queues.letTimePass(Duration.ofHours(1));
            assertThat(queues.deliverAll("orders", reminding)).isEqualTo(1);
            queues.letTimePass(Duration.ofHours(24));
            assertThat(queues.sender("reminders").cancelScheduled("unknown")).isFalse();
            try (RedisQueueConnection connection = queues.createConnection()) {
                assertThat(connection.receive("reminders", Duration.ZERO).map(RedisMessage::text))
                        .contains("book");
            }
        }

        @Test
        void parametersAreConverted() {
            TestMessage message =
                    TestMessage.of(new Order("book")).queue("receipts").header("locale", "de");
            queues.deliver(message, desk);
            queues.deliver(message.header("Count", "2"), desk);
            assertThat(queues.queue("mails")).hasOnlyMessages("book de 0", "book de 2");
        }

        @Test
        void listenerOfATopicPublishesItsResult() {
            queues.bind("events", "billing").bind("bills", "accounting").bind("bills", "archive");
            queues.publisher("events").publish("book");

            assertThat(queues.deliverAll("billing", desk)).isEqualTo(1);

            assertThat(queues.queue("mails")).hasOnlyMessages("bill for book");
            assertThat(queues.queue("accounting")).hasOnlyMessages("bill for book");
            assertThat(queues.queue("archive")).hasOnlyMessages("bill for book");
        }

        @Test
        void emptyResultIsNotSent() {
            queues.deliver(TestMessage.of(new Order("secret")).queue("receipts"), desk);
            assertThat(queues.queue("mails")).isEmpty();
        }

        @Test
        void checkedExceptionRollsBack() {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> queues.deliver(TestMessage.of("x").queue("returns"), desk))
                    .withMessage("Not taken back: x");
            queues.sender("returns").send("y");
            assertThat(queues.deliverAll("returns", desk)).isEqualTo(1);
            assertThat(queues.queue("returns")).hasDeadLetter("java.io.IOException: Not taken back: y");
        }

        @Test
        void messageThatCannotBeConvertedIsDeadLettered() {
            TestMessage unreadable = TestMessage.of("[1]").queue("receipts");
            assertThatExceptionOfType(UnreadableMessageException.class)
                    .isThrownBy(() -> queues.deliver(unreadable, desk))
                    .withMessageStartingWith("RQ-113 ");
            queues.sender("receipts").send(OutgoingMessage.of(new Order("a")).header("count", "two"));
            assertThat(queues.deliverAll("receipts", desk)).isEqualTo(1);
            assertThat(queues.queue("receipts")).hasDeadLetter("RQ-125 Parameter 'n' cannot be read");
        }

        @Test
        void exceptionThatDoesNotRollBackAcknowledges() {
            queues.sender("doubts").send("hm");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> queues.deliverNext("doubts", desk))
                    .withMessage("hm");
            assertThat(queues.queue("doubts")).isEmpty();
        }

        @Test
        void queueSelectsAmongSeveralMethods() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> queues.deliver(TestMessage.of("x").queue("other"), desk))
                    .withMessageEndingWith(
                            "none consumes queue 'other': bill consumes 'billing', doubt consumes 'doubts',"
                                    + " receive consumes 'receipts', takeBack consumes 'returns'.");
        }

        @Test
        void queueCanComeFromMicroProfileConfig() {
            Object bean = new Object() {
                @RedisQueueListener(queue = "${expressions.test.queue}")
                void receive(String text) {}
            };
            queues.sender("configured").send("x");
            assertThat(queues.deliverAll("configured", bean)).isEqualTo(1);
        }

        @Test
        void objectWithoutAListenerIsRefused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> queues.deliver(TestMessage.of("x"), "no listener"))
                    .withMessage("An object of class java.lang.String is not a listener. It must implement"
                            + " RedisMessageListener or RedisBatchListener, or have a method annotated with"
                            + " @RedisQueueListener.");
        }

        @Test
        void invalidPropertyIsRefused() {
            Object bean = new Object() {
                @RedisQueueListener(queue = "a", properties = "maxDeliverys=2")
                void receive(String text) {}
            };
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> queues.deliverAll("a", bean))
                    .withMessageStartingWith("RQ-101 ")
                    .withMessageContaining("maxDeliverys");
        }

        @Test
        void parameterFromCdiNeedsAContainer() {
            Object bean = new Object() {
                @RedisQueueListener(queue = "a")
                void receive(String text, Desk other) {}
            };
            assertThatIllegalStateException()
                    .isThrownBy(() -> queues.deliver(TestMessage.of("x"), bean))
                    .withMessageContaining("no CDI container is running");
        }
    }

    @Nested
    class WithoutATransaction {

        @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
        class Untransacted implements RedisMessageListener {
            @Override
            public void onMessage(RedisMessage message) {
                queues.sender("receipts").send("sent at once");
                throw new IllegalStateException("too late");
            }
        }

        class UntransactedMethod {
            @Transactional(Transactional.TxType.NOT_SUPPORTED)
            @RedisQueueListener(queue = "orders", properties = "maxDeliveries=1")
            void receive(String text) {
                queues.sender("receipts").send(text);
            }
        }

        @Test
        void transactionThatTheListenerLeavesOpenIsRolledBackAndReported() {
            queues.sender("orders").send("x");
            Forgetful listener = new Forgetful();
            assertThatIllegalStateException()
                    .isThrownBy(() -> queues.deliverNext("orders", listener))
                    .withMessageStartingWith("The listener returned without ending the transaction that it began.");
            assertThat(queues.queue("receipts")).isEmpty();
            assertThat(queues.queue("orders")).hasCount(Place.REDELIVERING, 1);
        }

        @MessageDriven
        @TransactionManagement(TransactionManagementType.BEAN)
        class Forgetful implements RedisMessageListener {
            @Override
            public void onMessage(RedisMessage message) {
                try {
                    queues.transactions().begin();
                } catch (NotSupportedException e) {
                    throw new IllegalStateException(e);
                }
                queues.sender("receipts").send("x");
            }
        }

        @Test
        void sendsAreNotRolledBack() {
            assertThatIllegalStateException().isThrownBy(() -> queues.deliver(TestMessage.of("x"), new Untransacted()));
            assertThat(queues.queue("receipts")).hasMessage("sent at once");
        }

        @Test
        void messageIsAcknowledgedWhenTheListenerReturns() {
            queues.sender("orders").send("x");
            queues.deliverNext("orders", new UntransactedMethod());
            assertThat(queues.queue("orders")).isEmpty();
            assertThat(queues.queue("receipts")).hasMessage("x");
        }
    }

    @Nested
    class Injection {

        static class Base {
            @Resource(lookup = "java:/eis/RedisQueue")
            private RedisQueueConnectionFactory factory;
        }

        static class Bean extends Base {

            @Resource
            private UserTransaction transaction;

            @Inject
            private Desk unknown;

            private RedisQueueConnectionFactory bySetter;

            @Resource
            void setQueues(RedisQueueConnectionFactory queues) {
                bySetter = queues;
            }
        }

        interface Desk {}

        @Test
        void resourcesAreInjected() {
            Bean bean = queues.inject(new Bean());
            assertThat(((Base) bean).factory).isSameAs(queues);
            assertThat(bean.bySetter).isSameAs(queues);
            assertThat(bean.transaction).isSameAs(queues.transactions());
            assertThat(bean.unknown).isNull();
        }
    }
}
