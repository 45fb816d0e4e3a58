// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.List;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.ra.protocol.QueueOperations;

/** Prepared transaction branches, and decisions on them. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
final class InDoubtBranches {

    private final QueueOperations operations;

    InDoubtBranches(QueueOperations operations) {
        this.operations = operations;
    }

    List<InDoubtBranch> all() {
        throw new UnsupportedOperationException();
    }

    void decide(String xid, InDoubtBranch.Decision decision, boolean force) {
        throw new UnsupportedOperationException();
    }
}
