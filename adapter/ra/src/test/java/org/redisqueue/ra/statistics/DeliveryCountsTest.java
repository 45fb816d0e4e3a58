// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.redisqueue.ra.protocol.HeartbeatOperations.Deliveries;

class DeliveryCountsTest {

    private final DeliveryCounts counts = new DeliveryCounts();

    @Test
    void deliveriesAreTakenOnce() {
        counts.delivered("orders");
        counts.delivered("orders");
        counts.failed("orders");

        assertThat(counts.take()).containsOnlyKeys("orders").containsEntry("orders", new Deliveries(2, 1));
        assertThat(counts.take()).isEmpty();
    }

    @Test
    void queuesForSingleRepliesDoNotUseEverMoreMemory() {
        for (int i = 0; i < DeliveryCounts.MAX_QUEUES + 10; i++) {
            counts.delivered("reply-" + i);
        }
        assertThat(counts.take()).hasSize(DeliveryCounts.MAX_QUEUES);

        counts.delivered("reply-0");
        counts.delivered("reply-" + (DeliveryCounts.MAX_QUEUES + 1));
        assertThat(counts.take()).containsOnlyKeys("reply-0");
    }
}
