// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.redisqueue.ra.protocol.HeartbeatOperations.Deliveries;

/** Counts the deliveries of each queue since they were last reported. */
final class DeliveryCounts {

    private final Map<String, Deliveries> unreported = new ConcurrentHashMap<>();

    void delivered(String queue) {
        unreported.merge(queue, new Deliveries(1, 0), Deliveries::plus);
    }

    void failed(String queue) {
        unreported.merge(queue, new Deliveries(0, 1), Deliveries::plus);
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
