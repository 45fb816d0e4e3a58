// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change that an operator has requested, or its failure.
 *
 * @param id identifies the entry; later entries have greater ids
 * @param at when the change was requested, by the clock of Redis
 * @param actor who requested it
 * @param via how it was requested, such as {@code console}, {@code cli} or {@code jmx}
 * @param action the operation, such as {@code pause}
 * @param queue the queue; null if the operation does not concern a single queue
 * @param details the parameters of the operation, without message bodies
 * @param failure why the change failed; null in the entry that precedes the change
 */
public record AuditEntry(
        String id,
        Instant at,
        String actor,
        String via,
        String action,
        @Nullable String queue,
        Map<String, String> details,
        @Nullable String failure) {

    /** Copies the map. */
    public AuditEntry {
        details = Map.copyOf(details);
    }
}
