// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.admin.Place;
import org.redisqueue.test.InMemoryQueues;
import org.redisqueue.test.TestMessage;

class OrderListenerTest {

    private final InMemoryQueues queues = new InMemoryQueues();
    private final OrderListener listener = queues.inject(new OrderListener());

    @Test
    void orderGetsAReceipt() {
        queues.deliver(TestMessage.of(new Order("book", 2)), listener);
        assertThat(queues.queue("receipts")).hasMessage(new Receipt("book"));
    }

    @Test
    void receiptNamesTheOrder() {
        TestMessage order = TestMessage.of(new Order("book", 2)).id("order-1").header("Locale", "de");
        queues.deliver(order.deliveryCount(2), listener);
        assertThat(queues.queue("receipts"))
                .hasOnlyMessages(OutgoingMessage.of(new Receipt("book")).header("Order-Id", "order-1"));
    }

    @Test
    void orderThatIsOutOfStockGetsNoReceipt() {
        TestMessage order = TestMessage.of(new Order("book", 1_000));
        assertThatThrownBy(() -> queues.deliver(order, listener)).hasMessage("Out of stock");
        assertThat(queues.queue("receipts")).isEmpty();
    }

    @Test
    void orderThatIsOutOfStockIsRedelivered() {
        queues.sender("orders").send(new Order("book", 1_000));
        assertThatThrownBy(() -> queues.deliverNext("orders", listener)).hasMessage("Out of stock");
        assertThat(queues.queue("orders")).hasCount(Place.REDELIVERING, 1);
    }

    @Test
    void orderThatIsOutOfStockBecomesADeadLetter() {
        queues.sender("orders").send(new Order("book", 1_000));
        queues.sender("orders").send(new Order("pen", 1));
        queues.deliverAll("orders", listener);
        assertThat(queues.queue("orders")).hasDeadLetter("Out of stock").hasMessageCount(0);
        assertThat(queues.queue("receipts")).hasOnlyMessages(new Receipt("pen"));
    }
}
