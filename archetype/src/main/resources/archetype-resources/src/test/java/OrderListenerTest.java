package ${package};

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.redisqueue.test.InMemoryQueues;
import org.redisqueue.test.TestMessage;

class OrderListenerTest {

    private final InMemoryQueues queues = new InMemoryQueues();
    private final OrderListener listener = queues.inject(new OrderListener());

    @Test
    void receiptIsSentForAnOrder() {
        queues.deliver(TestMessage.of(new Order("tea", 2)).id("order-1"), listener);

        assertThat(queues.queue("receipts")).hasMessage(new Receipt("order-1", "tea", 2));
    }

    @Test
    void orderOfNothingBecomesDeadLetter() {
        queues.sender("orders").send(new Order("tea", 0));

        queues.deliverAll("orders", listener);

        assertThat(queues.queue("orders")).hasDeadLetter("quantity must be at least 1");
        assertThat(queues.queue("receipts")).isEmpty();
    }
}
