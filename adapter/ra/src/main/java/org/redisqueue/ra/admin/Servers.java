// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.List;
import java.util.Map;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.ra.protocol.QueueOperations;

/** The servers that send heartbeats. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
final class Servers {

    private final QueueOperations operations;

    Servers(QueueOperations operations) {
        this.operations = operations;
    }

    /** The number of listeners that consume each queue, on servers that are alive. */
    Map<String, Integer> consumers() {
        return Map.of(); // SKELETON
    }

    List<ServerStatus> all() {
        throw new UnsupportedOperationException();
    }
}
