// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import java.util.List;

/**
 * The deliveries of a queue that ended in each of the last minutes.
 *
 * @param queue the name of the queue
 * @param firstMinute the start of the first minute
 * @param delivered the number of acknowledged deliveries in each minute, oldest first
 * @param failed the number of failed deliveries in each minute, oldest first
 */
public record QueueHistory(String queue, Instant firstMinute, List<Long> delivered, List<Long> failed) {

    /**
     * Creates a history and copies its lists.
     *
     * @param queue see {@link #queue()}
     * @param firstMinute see {@link #firstMinute()}
     * @param delivered see {@link #delivered()}
     * @param failed see {@link #failed()}
     */
    public QueueHistory {
        delivered = List.copyOf(delivered);
        failed = List.copyOf(failed);
    }
}
