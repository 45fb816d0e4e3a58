// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import org.jboss.weld.junit5.EnableWeld;
import org.jboss.weld.junit5.WeldInitiator;
import org.jboss.weld.junit5.WeldSetup;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.test.InMemoryQueues;

/** The listener of the queue {@code receipts}, a CDI bean. */
@EnableWeld
class ReceiptsTest {

    /** Takes the place of the order desk, which needs a database. */
    @ApplicationScoped
    static class RecordingDesk extends OrderDesk {

        private final Map<String, FulfilledOrder> receipted = new HashMap<>();

        @Override
        public void receipted(String id, FulfilledOrder order) {
            if (receipted.putIfAbsent(id, order) != null) {
                throw new IllegalStateException("Order " + id + " has a receipt");
            }
        }

        Map<String, FulfilledOrder> receipted() {
            return receipted;
        }
    }

    @WeldSetup
    WeldInitiator weld = WeldInitiator.of(Receipts.class, RecordingDesk.class, InMemoryQueues.class);

    @Inject
    private InMemoryQueues queues;

    @Inject
    private RecordingDesk desk;

    private final FulfilledOrder order = new FulfilledOrder("book", 2, 1);

    @Test
    void receiptIsWrittenForTheOrderInTheHeader() {
        queues.sender("receipts").send(OutgoingMessage.of(order).header("Order-Id", "order-1"));
        queues.deliverAll("receipts");

        assertThat(desk.receipted()).isEqualTo(Map.of("order-1", order));
        assertThat(queues.queue("receipts")).isEmpty();
    }

    @Test
    void secondReceiptOfAnOrderBecomesADeadLetter() {
        var message = OutgoingMessage.of(order).header("Order-Id", "order-1");
        queues.sender("receipts").send(message);
        queues.sender("receipts").send(message);
        assertThat(queues.deliverAll("receipts"))
                .as("one succeeds, the other fails five times")
                .isEqualTo(6);

        assertThat(queues.queue("receipts")).hasDeadLetter("Order order-1 has a receipt");
    }
}
