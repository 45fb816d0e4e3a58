// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.example;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.inject.Inject;
import org.jboss.weld.junit5.EnableWeld;
import org.jboss.weld.junit5.WeldInitiator;
import org.jboss.weld.junit5.WeldSetup;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.test.InMemoryQueues;

@EnableWeld
class ReceiptsTest {

    @WeldSetup
    WeldInitiator weld = WeldInitiator.of(Receipts.class, InMemoryQueues.class);

    @Inject
    InMemoryQueues queues;

    @Inject
    @RedisQueue("receipts")
    RedisQueueSender receipts;

    @Test
    void customerGetsAnEmail() {
        receipts.send(OutgoingMessage.of(new Receipt("book")).header("Order-Id", "order-1"));
        queues.deliverAll("receipts");
        assertThat(queues.queue("emails")).hasMessage("Your order order-1 of a book");
    }

    @Test
    void unreadableReceiptBecomesADeadLetter() {
        receipts.send("no JSON");
        queues.deliverAll("receipts");
        assertThat(queues.queue("receipts")).hasDeadLetter("RQ-113");
    }
}
