// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueHistory;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.ra.protocol.QueueOperations;

/** The state of queues: counts, history and pauses. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
final class Queues {

    private final QueueOperations operations;

    Queues(QueueOperations operations) {
        this.operations = operations;
    }

    List<QueueStatus> all() {
        throw new UnsupportedOperationException();
    }

    QueueStatus one(String queue) {
        throw new UnsupportedOperationException();
    }

    QueueHistory history(String queue, int minutes) {
        throw new UnsupportedOperationException();
    }

    void pause(String queue, @Nullable Duration duration) {
        throw new UnsupportedOperationException();
    }

    void resume(String queue) {
        throw new UnsupportedOperationException();
    }
}
