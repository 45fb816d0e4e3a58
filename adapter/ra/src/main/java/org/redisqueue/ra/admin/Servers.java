// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.Holder;
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

    /** The holder of a token; null if it is not the token of an adapter. */
    @Nullable
    Holder holder(String token) {
        return null; // SKELETON
    }

    List<ServerStatus> all() {
        throw new UnsupportedOperationException();
    }
}
