// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.List;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.ra.protocol.QueueOperations;

/** The servers that send heartbeats. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
final class Servers {

    private final QueueOperations operations;

    Servers(QueueOperations operations) {
        this.operations = operations;
    }

    List<ServerStatus> all() {
        throw new UnsupportedOperationException();
    }
}
