// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.ra.protocol.BranchAdminOperations.Message;
import org.redisqueue.ra.protocol.BranchAdminOperations.PreparedBranch;
import org.redisqueue.ra.protocol.BranchListingResult;
import org.redisqueue.ra.protocol.ConsistencyOperations;
import org.redisqueue.ra.protocol.ConsistencyOperations.Index;
import org.redisqueue.ra.protocol.ConsistencyOperations.Part;
import org.redisqueue.ra.protocol.QueueOperations;

/**
 * Compares the prepared branches with the messages that they hold. Branches come and go meanwhile. Each pass therefore
 * reads the records, the messages, the records again and suspicious messages again: a branch lacks a message only if
 * its record exists before and after, and a message lacks a branch only if it is held before and after.
 */
final class BranchCheck {

    private static final int MAX_MESSAGES = 10_000;
    private static final int MAX_STAGED = 20_000;

    private final QueueOperations queues;
    private final ConsistencyOperations operations;
    private final List<String> checked;
    private final Map<String, Set<String>> staged = new HashMap<>();
    private final Set<String> skipped = new LinkedHashSet<>();
    private @Nullable Set<Finding> found;
    private boolean complete;

    BranchCheck(QueueOperations queues, List<String> checked) {
        this.queues = queues;
        this.operations = queues.admin().consistency();
        this.checked = checked;
    }

    /** Makes one pass, and keeps what the earlier ones have found as well. */
    void pass() {
        Set<Finding> now = findings();
        if (found != null) {
            now.retainAll(found);
        }
        found = now;
        staged.values().forEach(Set::clear);
        now.stream()
                .filter(each -> each.kind() == Kind.ORPHANED_STAGED_MESSAGE)
                .forEach(each -> staged(each.queue(), String.valueOf(each.id())));
    }

    /** Accepts a staged message, before the first pass. It is named by its branch and its id, joined by a colon. */
    void staged(String queue, String name) {
        Set<String> names = staged.computeIfAbsent(queue, each -> new LinkedHashSet<>());
        if (names.size() < MAX_STAGED) {
            names.add(name);
        } else {
            skipped.add("Queue '" + queue + "' has more than " + MAX_STAGED + " staged messages.");
        }
    }

    Set<Finding> found() {
        return found == null ? Set.of() : found;
    }

    Set<String> skipped() {
        return skipped;
    }

    private Set<Finding> findings() {
        Set<Finding> findings = new LinkedHashSet<>();
        Map<String, Set<String>> before = new HashMap<>();
        records().forEach(branch -> before.put(key(branch), names(branch)));
        Map<String, Set<String>> held = new HashMap<>();
        for (String queue : checked) {
            held.put(queue, held(queue));
        }
        Set<String> consumed = new HashSet<>();
        Set<String> sent = new HashSet<>();
        complete = true;
        for (PreparedBranch branch : records()) {
            if (branch.consumed().size() >= MAX_MESSAGES || branch.sent().size() >= MAX_MESSAGES) {
                skipped.add("Branch '" + branch.branch() + "' has at least " + MAX_MESSAGES + " messages.");
                complete = false;
            }
            consumed.addAll(names(branch));
            branch.sent().forEach(message -> sent.add(message.queue() + " " + branch.branch() + ":" + message.id()));
            if (!branch.malformed().isEmpty() && checked.contains(branch.home())) {
                findings.add(finding(Kind.MALFORMED_BRANCH, branch.home(), branch.branch()));
            }
            Set<String> earlier = before.getOrDefault(key(branch), Set.of());
            for (Message message : branch.consumed()) {
                Set<String> inQueue = held.get(message.queue());
                if (inQueue != null && !inQueue.contains(message.id()) && earlier.contains(name(message))) {
                    findings.add(finding(Kind.BRANCH_WITHOUT_MESSAGE, message.queue(), branch.branch()));
                }
            }
        }
        if (!complete) {
            skipped.add("Not all prepared branches can be read completely. Whether each message in doubt belongs to one"
                    + " of them was not checked.");
            return findings;
        }
        for (String queue : checked) {
            stranded(queue, held.getOrDefault(queue, Set.of()), consumed)
                    .forEach(id -> findings.add(finding(Kind.STRANDED_IN_DOUBT, queue, id)));
            orphaned(queue, staged.getOrDefault(queue, Set.of()), sent)
                    .forEach(name -> findings.add(finding(Kind.ORPHANED_STAGED_MESSAGE, queue, name)));
        }
        return findings;
    }

    private List<String> stranded(String queue, Set<String> held, Set<String> consumed) {
        Set<String> stranded = held.stream()
                .filter(id -> !consumed.contains(queue + " " + id))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!stranded.isEmpty()) {
            stranded.retainAll(held(queue));
        }
        return List.copyOf(stranded);
    }

    private List<String> orphaned(String queue, Set<String> staged, Set<String> sent) {
        Set<String> orphaned = staged.stream()
                .filter(name -> !sent.contains(queue + " " + name))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!orphaned.isEmpty()) {
            orphaned.retainAll(Replies.await(operations.existing(queue, orphaned)));
        }
        return List.copyOf(orphaned);
    }

    /** The ids of the messages of a queue that belong to prepared branches. */
    private Set<String> held(String queue) {
        Set<String> ids = new HashSet<>();
        String cursor = "0";
        do {
            Part part = Replies.await(operations.read(queue, Index.PROCESSING, cursor));
            ids.addAll(part.inDoubt());
            cursor = part.next();
        } while (!cursor.equals("0"));
        return ids;
    }

    /** The records of all branches: those of known queues and those of the checked ones. */
    private List<PreparedBranch> records() {
        BranchListingResult listing = Replies.await(queues.recover());
        complete &= listing.isComplete();
        listing.unreadable()
                .keySet()
                .forEach(queue -> skipped.add("The prepared branches of queue '" + queue + "' cannot be read."));
        Set<String> homes = new LinkedHashSet<>(checked);
        listing.homes().values().forEach(homes::addAll);
        List<CompletableFuture<List<PreparedBranch>>> calls = homes.stream()
                .map(home -> queues.admin().branches().records(home, MAX_MESSAGES))
                .toList();
        List<PreparedBranch> records = new ArrayList<>();
        calls.forEach(call -> records.addAll(Replies.await(call)));
        return records;
    }

    private static Finding finding(Kind kind, String queue, String id) {
        return new Finding(kind, queue, id, Damages.describe(kind, false), false);
    }

    private static String key(PreparedBranch branch) {
        return branch.home() + " " + branch.branch();
    }

    private static Set<String> names(PreparedBranch branch) {
        return branch.consumed().stream().map(BranchCheck::name).collect(Collectors.toSet());
    }

    private static String name(Message message) {
        return message.queue() + " " + message.id();
    }
}
