// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.math.BigDecimal;
import org.jboss.weld.junit5.EnableWeld;
import org.jboss.weld.junit5.WeldInitiator;
import org.jboss.weld.junit5.WeldSetup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueException;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.admin.Place;
import org.redisqueue.test.InMemoryQueues;
import org.redisqueue.test.TestMessage;

/** The listener of the queue {@code orders}, with queues in memory and without a database. */
@EnableWeld
class OrderListenerTest {

    /** Takes the place of the order desk, which needs a database. */
    @ApplicationScoped
    static class SimulatedDesk extends OrderDesk {

        private boolean unavailable;

        @Override
        public void fulfilled(String id, FulfilledOrder order) {
            if (unavailable) {
                throw new DatabaseUnavailableException(30);
            }
        }

        void setUnavailable(boolean unavailable) {
            this.unavailable = unavailable;
        }
    }

    @ApplicationScoped
    static class Validators {

        @Produces
        Validator validator() {
            return Validation.buildDefaultValidatorFactory().getValidator();
        }
    }

    @WeldSetup
    WeldInitiator weld = WeldInitiator.of(
            OrderListener.class, SimulatedDesk.class, Workshop.class, Validators.class, InMemoryQueues.class);

    @Inject
    private InMemoryQueues queues;

    @Inject
    private OrderListener listener;

    @Inject
    private SimulatedDesk desk;

    @Inject
    @RedisQueue("orders")
    private RedisQueueSender orders;

    @BeforeEach
    void bind() {
        queues.bind(OrderListener.FULFILLED, "receipts");
        queues.bind(OrderListener.FULFILLED, "statistics");
    }

    private static NewOrder order(String item) {
        return new NewOrder(item, BigDecimal.valueOf(2), null, null, null);
    }

    @Test
    void fulfilledOrderIsPublished() {
        queues.deliver(TestMessage.of(order("book")).id("order-1"), listener);

        var fulfilled = new FulfilledOrder("book", 2, 1);
        assertThat(queues.queue("receipts"))
                .hasOnlyMessages(OutgoingMessage.of(fulfilled).header("Order-Id", "order-1"));
        assertThat(queues.queue("statistics"))
                .hasOnlyMessages(OutgoingMessage.of(fulfilled).header("Order-Id", "order-1"));
    }

    @Test
    void ordersOfACustomerAreFulfilledInSequence() {
        var customer = OutgoingMessage.of(order("flaky")).group("ada");
        orders.send(customer);
        orders.send(OutgoingMessage.of(order("book")).group("ada"));
        assertThatIllegalStateException().isThrownBy(() -> queues.deliverNext("orders", listener));

        assertThat(queues.deliverAll("orders", listener)).isEqualTo(3);
        assertThat(queues.queue("receipts"))
                .hasOnlyMessages(new FulfilledOrder("flaky", 2, 3), new FulfilledOrder("book", 2, 1));
    }

    @Test
    void invalidOrderIsNotFulfilled() {
        assertThatExceptionOfType(ConstraintViolationException.class)
                .isThrownBy(() -> queues.deliver(TestMessage.of(order("")), listener))
                .withMessageContaining("item is missing");
        assertThat(queues.queue("receipts")).isEmpty();
    }

    @Test
    void unreadableOrderIsNotFulfilled() {
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> queues.deliver(TestMessage.of("a book, please"), listener))
                .withMessageStartingWith("RQ-113 ");
    }

    @Test
    void orderWaitsWhileTheDatabaseIsUnavailable() {
        orders.send(order("book"));
        desk.setUnavailable(true);
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> queues.deliverNext("orders", listener));
        assertThat(queues.queue("orders")).hasCount(Place.REDELIVERING, 1);
        assertThat(queues.queue("receipts")).isEmpty();

        desk.setUnavailable(false);
        queues.deliverNext("orders", listener);
        assertThat(queues.queue("orders")).isEmpty();
        assertThat(queues.queue("receipts")).hasOnlyMessages(new FulfilledOrder("book", 2, 2));
    }

    @Test
    void flakyOrderFailsTwice() {
        assertThatIllegalStateException()
                .isThrownBy(() -> queues.deliver(TestMessage.of(order("flaky")).deliveryCount(2), listener));
        queues.deliver(TestMessage.of(order("flaky")).deliveryCount(3), listener);
        assertThat(queues.queue("receipts")).hasOnlyMessages(new FulfilledOrder("flaky", 2, 3));
    }

    @Test
    void brokenOrderBecomesADeadLetterAfterItsFourthDelivery() {
        orders.send(order("broken"));
        assertThat(queues.deliverAll("orders", listener)).isEqualTo(4);
        assertThat(queues.queue("orders")).hasDeadLetter("A broken item always fails");
        assertThat(queues.queue("receipts")).isEmpty();
    }
}
