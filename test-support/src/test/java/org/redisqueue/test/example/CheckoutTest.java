// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.redisqueue.test.InMemoryQueues;

class CheckoutTest {

    private final InMemoryQueues queues = new InMemoryQueues();
    private final Checkout checkout = queues.inject(new Checkout());

    @Test
    void orderIsSentWhenTheTransactionCommits() {
        queues.inTransaction(() -> {
            checkout.order("book", 2);
            assertThat(queues.queue("orders")).isEmpty();
        });
        assertThat(queues.queue("orders")).hasMessage(new Order("book", 2));
    }

    @Test
    void largeOrderIsRolledBack() {
        queues.inTransaction(() -> checkout.order("book", 1_000));
        assertThat(queues.queue("orders")).isEmpty();
    }
}
