// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.List;
import java.util.Map;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.ra.protocol.QueueOperations;

/** Prepared transaction branches, and decisions on them. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
final class InDoubtBranches {

    private final QueueOperations operations;

    InDoubtBranches(QueueOperations operations) {
        this.operations = operations;
    }

    /** The branches that have consumed messages of a queue, by the ids of the messages. */
    Map<String, String> consumersOf(String queue) {
        return Map.of(); // SKELETON
    }

    List<InDoubtBranch> all() {
        throw new UnsupportedOperationException();
    }

    void decide(String xid, InDoubtBranch.Decision decision, boolean force) {
        throw new UnsupportedOperationException();
    }
}
