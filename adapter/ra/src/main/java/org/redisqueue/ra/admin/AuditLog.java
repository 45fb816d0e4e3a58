// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.ra.protocol.AuditOperations;
import org.redisqueue.ra.protocol.QueueOperations;

/** Records and lists the changes that operators request. */
final class AuditLog {

    private static final Pattern ID = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

    /** Precedes the name of a detail, so that it cannot be mistaken for another field. */
    private static final String DETAIL = "detail.";

    private final AuditOperations operations;

    AuditLog(QueueOperations operations) {
        this.operations = operations.admin().audit();
    }

    /**
     * Records a change.
     *
     * @param queue null if the change does not concern a single queue
     * @param failure why the change failed; null before it is made
     */
    void append(
            String actor,
            String via,
            String action,
            @Nullable String queue,
            Map<String, String> details,
            @Nullable String failure) {
        Map<String, String> fields = new HashMap<>();
        fields.put("actor", actor);
        fields.put("via", via);
        fields.put("action", action);
        if (queue != null) {
            fields.put("queue", queue);
        }
        if (failure != null) {
            fields.put("failure", failure);
        }
        details.forEach((name, value) -> fields.put(DETAIL + name, value));
        Replies.await(operations.append(fields));
    }

    /**
     * Lists changes, the latest first.
     *
     * @param before the id of the entry before which to begin; null begins with the latest
     */
    List<AuditEntry> entries(@Nullable String before, int limit) {
        return Replies.await(operations.latest(before == null ? null : parsed(before), limit)).stream()
                .map(AuditLog::entry)
                .toList();
    }

    private static AuditOperations.Entry parsed(String id) {
        Matcher parts = ID.matcher(id);
        if (!parts.matches()) {
            throw new QueueAdminException(
                    Kind.INVALID, "before must be the id of an audit entry, such as 1767225600000-0.");
        }
        return new AuditOperations.Entry(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)), Map.of());
    }

    private static AuditEntry entry(AuditOperations.Entry entry) {
        Map<String, String> fields = entry.fields();
        Map<String, String> details = new HashMap<>();
        fields.forEach((name, value) -> {
            if (name.startsWith(DETAIL)) {
                details.put(name.substring(DETAIL.length()), value);
            }
        });
        return new AuditEntry(
                entry.millis() + "-" + entry.sequence(),
                Instant.ofEpochMilli(entry.millis()),
                fields.getOrDefault("actor", ""),
                fields.getOrDefault("via", ""),
                fields.getOrDefault("action", ""),
                fields.get("queue"),
                details,
                fields.get("failure"));
    }
}
