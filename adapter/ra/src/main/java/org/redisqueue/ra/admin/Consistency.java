// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.RepairReport;
import org.redisqueue.ra.protocol.QueueOperations;

/** Finds and repairs damaged queues. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
final class Consistency {

    private final QueueOperations operations;

    Consistency(QueueOperations operations) {
        this.operations = operations;
    }

    CheckReport check(@Nullable String queue, Duration pause) {
        throw new UnsupportedOperationException();
    }

    RepairReport repair(List<Finding> findings) {
        throw new UnsupportedOperationException();
    }
}
