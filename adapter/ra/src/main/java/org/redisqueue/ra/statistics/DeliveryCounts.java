// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.redisqueue.ra.protocol.HeartbeatOperations.Deliveries;

/**
 * Counts the deliveries of each queue since they were last reported. Counts at most {@value #MAX_QUEUES} queues, because
 * Redis keeps some kilobytes for each of them: an application may use a queue for each reply.
 */
final class DeliveryCounts {

    static final int MAX_QUEUES = 2_000;

    private static final Deliveries DELIVERED = new Deliveries(1, 0);
    private static final Deliveries FAILED = new Deliveries(0, 1);

    private final Map<String, Deliveries> unreported = new ConcurrentHashMap<>();
    private final Set<String> counted = ConcurrentHashMap.newKeySet();

    void delivered(String queue) {
        count(queue, DELIVERED);
    }

    void failed(String queue) {
        count(queue, FAILED);
    }

    private void count(String queue, Deliveries one) {
        if (counted.contains(queue) || counted.size() < MAX_QUEUES && counted.add(queue)) {
            unreported.merge(queue, one, Deliveries::plus);
        }
    }

    /** Returns the counts by queue, and starts again from zero. */
    Map<String, Deliveries> take() {
        Map<String, Deliveries> taken = new HashMap<>();
        for (String queue : List.copyOf(unreported.keySet())) {
            Deliveries counts = unreported.remove(queue);
            if (counts != null) {
                taken.put(queue, counts);
            }
        }
        return taken;
    }
}
