// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.ra.protocol.QueueOperations;

/** Records and lists the changes that operators request. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
final class AuditLog {

    private final QueueOperations operations;

    AuditLog(QueueOperations operations) {
        this.operations = operations;
    }

    void append(
            String actor,
            String via,
            String action,
            @Nullable String queue,
            Map<String, String> details,
            @Nullable String failure) {
        throw new UnsupportedOperationException();
    }

    List<AuditEntry> entries(@Nullable String before, int limit) {
        throw new UnsupportedOperationException();
    }
}
