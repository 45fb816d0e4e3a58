// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import java.util.List;

/**
 * How many deliveries of a queue ended in each of the last minutes.
 *
 * @param queue the name of the queue
 * @param firstMinute the beginning of the first minute
 * @param delivered deliveries that were acknowledged, one element for each minute, the oldest first
 * @param failed deliveries that were rolled back or dead-lettered, one element for each minute
 */
public record QueueHistory(String queue, Instant firstMinute, List<Long> delivered, List<Long> failed) {

    /** Copies the lists. */
    public QueueHistory {
        delivered = List.copyOf(delivered);
        failed = List.copyOf(failed);
    }
}
