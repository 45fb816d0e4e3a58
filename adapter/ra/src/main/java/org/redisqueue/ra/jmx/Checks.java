// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.QueueAdmin;

/** Checks queues, and remembers what was found until it is repaired. */
final class Checks {

    private final QueueAdmin admin;
    private final @Nullable String queue;
    private volatile @Nullable List<Finding> found;

    /** @param queue the queue to check; null for all queues */
    Checks(QueueAdmin admin, @Nullable String queue) {
        this.admin = admin;
        this.queue = queue;
    }

    CheckData check(long seconds) {
        CheckReport report = admin.check(queue, Duration.ofSeconds(seconds));
        found = report.findings();
        return DataConverter.of(CheckData.class, report);
    }

    RepairData repair() {
        List<Finding> findings = found;
        if (findings == null) {
            throw new IllegalStateException("Nothing to repair: call 'check' first.");
        }
        RepairData repaired = DataConverter.of(RepairData.class, admin.repair(findings));
        found = null;
        return repaired;
    }
}
