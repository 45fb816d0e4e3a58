// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.protocol.Deduplication;
import org.redisqueue.ra.protocol.SendRequest;

/** The deduplication keys of the queues in memory. The store that contains them guards them. */
final class DeduplicationKeys {

    private record Kept(String id, Instant until) {}

    /** The messages that were published, by queue and key. */
    private final Map<String, Kept> kept = new HashMap<>();

    /** The branches that are about to commit, by queue and key. */
    private final Map<String, MemoryBranch> reserved = new HashMap<>();

    /** Returns the id of the message that has the key of a message to send; empty if there is none. */
    Optional<String> kept(SendRequest message, Instant now) {
        return name(message)
                .map(kept::get)
                .filter(found -> found.until().isAfter(now))
                .map(Kept::id);
    }

    /** Gives the key of a message, if it has one, to that message. */
    void keep(SendRequest message, Instant now) {
        Deduplication deduplication = message.options().deduplication();
        if (deduplication != null) {
            Instant until = now.plusMillis(deduplication.windowMillis());
            kept.put(name(message).orElseThrow(), new Kept(message.id(), until));
        }
    }

    /**
     * Reserves the keys of messages that a branch would rather roll back than drop.
     *
     * @throws RedisQueueException if another message has one of them, or another branch has reserved it (RQ-139)
     */
    void reserve(MemoryBranch branch, Instant now) {
        branch.sent().forEach(message -> requireFree(message, branch, now));
        for (SendRequest message : branch.sent()) {
            if (rollsBack(message)) {
                reserved.put(name(message).orElseThrow(), branch);
            }
        }
    }

    /** Requires that a message that is to be published immediately does not depend on a branch that has not ended. */
    void requireNotReserved(SendRequest message) {
        if (rollsBack(message) && reserved.containsKey(name(message).orElseThrow())) {
            throw refused(message, "is reserved by a transaction that has not ended");
        }
    }

    private void requireFree(SendRequest message, MemoryBranch branch, Instant now) {
        if (rollsBack(message)) {
            kept(message, now).ifPresent(id -> {
                throw refused(message, "belongs to message '" + id + "'");
            });
            if (!Objects.equals(reserved.getOrDefault(name(message).orElseThrow(), branch), branch)) {
                throw refused(message, "is reserved by a transaction that has not ended");
            }
        }
    }

    private static RedisQueueException refused(SendRequest message, String reason) {
        return new RedisQueueException("RQ-139 Message '" + message.id() + "' was not sent: deduplication key '"
                + message.deduplicationKey().orElseThrow() + "' of queue '" + message.queue() + "' " + reason + ".");
    }

    void release(MemoryBranch branch) {
        reserved.values().removeIf(branch::equals);
    }

    void clear() {
        kept.clear();
        reserved.clear();
    }

    private static boolean rollsBack(SendRequest message) {
        Deduplication deduplication = message.options().deduplication();
        return deduplication != null && deduplication.rollback();
    }

    private static Optional<String> name(SendRequest message) {
        return message.deduplicationKey().map(key -> message.queue() + ' ' + key);
    }
}
