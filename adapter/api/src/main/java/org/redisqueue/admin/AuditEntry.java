// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the audit: a change that an operator requested, or the failure of such a change.
 *
 * @param id identifies the entry
 * @param at when the change was requested, by the clock of Redis
 * @param actor who requested the change
 * @param via the front end, such as {@code console}, {@code cli} or {@code jmx}
 * @param action the operation, such as {@code pause}
 * @param queue the queue; null if the change does not concern a single queue
 * @param details the parameters of the operation, without message bodies
 * @param failure why the change failed; null in the entry that is written before the change is made
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

    /**
     * Creates an entry and copies its details.
     *
     * @param id see {@link #id()}
     * @param at see {@link #at()}
     * @param actor see {@link #actor()}
     * @param via see {@link #via()}
     * @param action see {@link #action()}
     * @param queue see {@link #queue()}
     * @param details see {@link #details()}
     * @param failure see {@link #failure()}
     */
    public AuditEntry {
        details = Map.copyOf(details);
    }
}
