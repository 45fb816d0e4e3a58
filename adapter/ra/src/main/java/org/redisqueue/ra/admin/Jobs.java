// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.Optional;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.ra.protocol.QueueOperations;

/** Operations on many messages, which run in the background. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
final class Jobs {

    private final QueueOperations operations;

    Jobs(QueueOperations operations) {
        this.operations = operations;
    }

    Job requeue(String queue, MessageSelection selection) {
        throw new UnsupportedOperationException();
    }

    Job deleteDeadLetters(String queue, MessageSelection selection) {
        throw new UnsupportedOperationException();
    }

    Job move(String queue, Place place, MessageSelection selection, String target) {
        throw new UnsupportedOperationException();
    }

    Job purge(String queue) {
        throw new UnsupportedOperationException();
    }

    Job deleteQueue(String queue) {
        throw new UnsupportedOperationException();
    }

    Optional<Job> job(String id) {
        throw new UnsupportedOperationException();
    }
}
