// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.redisqueue.RedisQueueListener;

/** Counts fulfilled orders. Inserts one row for up to a hundred messages, which is much faster than one row for each. */
@ApplicationScoped
public class Statistics {

    @Inject
    private OrderDesk desk;

    @RedisQueueListener(
            topic = OrderListener.FULFILLED,
            queue = "statistics",
            batch = 100,
            properties = {"batchWait=500", "maxConcurrency=1"})
    void count(List<FulfilledOrder> orders) {
        desk.counted(orders);
    }
}
