// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.admin.InDoubtBranch.MessageReference;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.internal.PrintableText;
import org.redisqueue.ra.protocol.BranchAdminOperations.Message;
import org.redisqueue.ra.protocol.BranchAdminOperations.PreparedBranch;
import org.redisqueue.ra.protocol.BranchEndResult;
import org.redisqueue.ra.protocol.QueueOperations;

/** Prepared transaction branches, and decisions on them. */
final class InDoubtBranches {

    private static final Duration MIN_AGE = Duration.ofMinutes(1);

    private final QueueOperations operations;

    InDoubtBranches(QueueOperations operations) {
        this.operations = operations;
    }

    List<InDoubtBranch> all() {
        return records().stream()
                .map(InDoubtBranches::branch)
                .sorted(Comparator.comparing(InDoubtBranch::prepared, Comparator.nullsFirst(Comparator.naturalOrder())))
                .toList();
    }

    /** The branches that have consumed messages of a queue, by the ids of the messages. */
    Map<String, String> consumersOf(String queue) {
        Map<String, String> consumers = new HashMap<>();
        for (PreparedBranch found : records()) {
            for (Message message : found.consumed()) {
                if (message.queue().equals(queue)) {
                    consumers.put(message.id(), found.branch());
                }
            }
        }
        return consumers;
    }

    private List<PreparedBranch> records() {
        List<PreparedBranch> records = new ArrayList<>();
        Map<String, Set<String>> homes = Replies.await(operations.recover()).homes();
        List<CompletableFuture<List<PreparedBranch>>> calls = homes.values().stream()
                .flatMap(Set::stream)
                .distinct()
                .map(home -> operations.admin().branches().records(home))
                .toList();
        calls.forEach(call -> records.addAll(Replies.await(call)));
        return records;
    }

    private static InDoubtBranch branch(PreparedBranch found) {
        boolean known = found.preparedMillis() > 0;
        return new InDoubtBranch(
                found.branch(),
                found.home(),
                known ? Instant.ofEpochMilli(found.preparedMillis()) : null,
                known ? Duration.ofMillis(Math.max(0, found.nowMillis() - found.preparedMillis())) : null,
                BranchOwner.of(found.branch()).orElse(null),
                references(found.consumed()),
                references(found.sent()),
                found.malformed().isEmpty() ? null : found.malformed());
    }

    private static List<MessageReference> references(List<Message> messages) {
        return messages.stream()
                .map(message -> new MessageReference(message.queue(), message.id()))
                .toList();
    }

    void decide(String xid, Decision decision, boolean force) {
        List<InDoubtBranch> found =
                all().stream().filter(branch -> branch.xid().equals(xid)).toList();
        if (found.isEmpty()) {
            throw notPrepared(xid);
        }
        for (InDoubtBranch branch : found) {
            if (!force && isYoung(branch.age())) {
                throw new QueueAdminException(
                        Kind.CONFLICT,
                        "Branch '" + xid + "' was prepared less than a minute ago. Its transaction may be running."
                                + " Wait, or force the decision.");
            }
        }
        boolean done = false;
        for (InDoubtBranch branch : found) {
            done |= isDone(branch, decision);
        }
        if (!done) {
            throw notPrepared(xid);
        }
    }

    private static boolean isYoung(@Nullable Duration age) {
        return age != null && age.compareTo(MIN_AGE) < 0;
    }

    private boolean isDone(InDoubtBranch branch, Decision decision) {
        String home = branch.queue();
        return switch (decision) {
            case COMMIT -> Replies.await(operations.commit(branch.xid(), home, true)) == BranchEndResult.DONE;
            case ROLLBACK -> Replies.await(operations.rollback(branch.xid(), home, true, 0)) == BranchEndResult.DONE;
            case FORGET -> Replies.await(operations.forget(branch.xid(), home));
        };
    }

    private static QueueAdminException notPrepared(String xid) {
        return new QueueAdminException(Kind.NOT_FOUND, "Branch '" + PrintableText.of(xid) + "' is not prepared.");
    }
}
