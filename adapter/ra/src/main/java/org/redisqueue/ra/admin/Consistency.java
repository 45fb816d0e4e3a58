// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.RepairReport;
import org.redisqueue.ra.protocol.ConsistencyOperations;
import org.redisqueue.ra.protocol.ConsistencyOperations.Examination;
import org.redisqueue.ra.protocol.QueueOperations;

/** Finds and repairs damaged queues. */
final class Consistency {

    private static final int PASSES = 3;
    private static final String CHANGED = "Not repaired: the damage has changed or no longer exists. Check again.";
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final QueueOperations queues;
    private final ConsistencyOperations operations;
    private final Queues known;
    private final TopicCheck topics;
    private final SettingCheck settings;

    Consistency(QueueOperations queues, Queues known, TopicCheck topics) {
        this.queues = queues;
        this.known = known;
        this.topics = topics;
        this.settings = new SettingCheck(queues);
        this.operations = queues.admin().consistency();
    }

    /** Checks one queue or all of them in three passes. Blocks until the last one has ended. */
    CheckReport check(@Nullable String queue, Duration pause) {
        if (pause.isNegative() || pause.compareTo(LONGEST_PAUSE) > 0) {
            throw new QueueAdminException(
                    QueueAdminException.Kind.INVALID,
                    "The time between the passes must be at most an hour, but is " + pause + ".");
        }
        List<Finding> findings = new ArrayList<>();
        Set<String> skipped = new LinkedHashSet<>();
        List<String> names = new ArrayList<>(queue == null ? known.names() : List.of(queue));
        int number = names.size(); // without outboxes
        if (queue == null) {
            addOutboxes(names, skipped);
        }
        Map<String, Map<String, String>> wrongTypes = wrongTypes(names);
        List<String> sound = new ArrayList<>(names);
        sound.removeAll(wrongTypes.keySet());
        AtomicInteger free = new AtomicInteger(MessageCheck.MAX_ALL_IDS);
        List<MessageCheck> checks = sound.stream()
                .map(name -> new MessageCheck(operations, name, free))
                .toList();
        BranchCheck branches = new BranchCheck(queues, sound);
        for (int pass = 1; pass <= PASSES; pass++) {
            if (pass == 1) {
                checks.forEach(MessageCheck::begin);
                scan(queue, sound, checks, branches);
                checks.forEach(MessageCheck::examine);
            } else {
                rest(pause);
                checks.forEach(MessageCheck::repeat);
                retain(wrongTypes);
            }
            branches.pass();
        }
        wrongTypes.forEach((name, types) -> {
            types.forEach((key, type) -> findings.add(new Finding(
                    Kind.WRONG_TYPE,
                    name,
                    null,
                    "Key " + key + " is a " + type + ". " + Damages.describe(Kind.WRONG_TYPE, false),
                    false)));
            skipped.add("Queue '" + name + "' was not checked further, because a key has the wrong type.");
        });
        long messages = 0;
        for (MessageCheck check : checks) {
            findings.addAll(check.findings());
            skipped.addAll(check.skipped());
            messages += check.messages();
        }
        sound.forEach(name -> findings.addAll(settings.check(name)));
        findings.addAll(branches.found());
        skipped.addAll(branches.skipped());
        try {
            findings.addAll(topics.check(queue, names));
        } catch (QueueAdminException e) {
            skipped.add("The bindings of queues to topics were not checked: " + e.getMessage());
        }
        findings.sort(Comparator.comparing(Finding::queue)
                .thenComparing(Finding::kind)
                .thenComparing(finding -> String.valueOf(finding.id())));
        return new CheckReport(number, messages, findings, List.copyOf(skipped));
    }

    private void addOutboxes(List<String> names, Set<String> skipped) {
        try {
            names.addAll(known.outboxes());
        } catch (QueueAdminException e) {
            skipped.add("The outboxes were not checked: " + e.getMessage());
        }
    }

    /** Reads the names of all keys once, and distributes those of messages to the checks. */
    private void scan(@Nullable String queue, List<String> names, List<MessageCheck> checks, BranchCheck branches) {
        Map<String, MessageCheck> byName = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            byName.put(names.get(i), checks.get(i));
        }
        if (byName.isEmpty()) {
            return;
        }
        Replies.await(operations.stored(queue, (owner, staged, name) -> {
            MessageCheck check = byName.get(owner);
            if (check != null && staged) {
                branches.staged(owner, name);
            } else if (check != null) {
                check.stored(name);
            }
        }));
    }

    private Map<String, Map<String, String>> wrongTypes(Iterable<String> names) {
        Map<String, Map<String, String>> wrong = new LinkedHashMap<>();
        for (String name : names) {
            Map<String, String> types = Replies.await(operations.wrongTypes(name));
            if (!types.isEmpty()) {
                wrong.put(name, types);
            }
        }
        return wrong;
    }

    /** Keeps the keys that still have the same wrong type. */
    private void retain(Map<String, Map<String, String>> wrong) {
        Map<String, Map<String, String>> now = wrongTypes(List.copyOf(wrong.keySet()));
        wrong.forEach((queue, types) ->
                types.entrySet().retainAll(now.getOrDefault(queue, Map.of()).entrySet()));
    }

    private static void rest(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueAdminException(
                    QueueAdminException.Kind.UNAVAILABLE, "The check was interrupted. Check again.", e);
        }
    }

    /** Repairs what can be repaired without a decision. Each damage is verified by the script that repairs it. */
    RepairReport repair(List<Finding> findings) {
        List<Finding> repaired = new ArrayList<>();
        List<Finding> remaining = new ArrayList<>();
        for (Finding finding : findings) {
            String id = finding.id();
            if (finding.repairable() && finding.kind() == Kind.MALFORMED_BINDING) {
                if (topics.repair(finding.queue())) {
                    repaired.add(finding);
                } else {
                    remaining.add(with(finding, CHANGED));
                }
                continue;
            }
            if (!finding.repairable() || id == null) {
                remaining.add(finding);
                continue;
            }
            Examination examination = Replies.await(operations.examine(
                    Arguments.queue(finding.queue()),
                    id,
                    finding.kind() == Kind.MALFORMED_ENTRY,
                    finding.kind().name()));
            if (examination.repaired()) {
                repaired.add(finding);
            } else {
                remaining.add(with(finding, reason(finding, examination)));
            }
        }
        return new RepairReport(repaired, remaining);
    }

    private static String reason(Finding finding, Examination examination) {
        if (examination.large()) {
            return "Not repaired: the queue is too large. Repair again when it is shorter.";
        } else if (examination.damage().equals(finding.kind().name())) {
            return "Not repaired: " + Damages.describe(finding.kind(), false);
        }
        return CHANGED;
    }

    private static Finding with(Finding finding, String description) {
        return new Finding(finding.kind(), finding.queue(), finding.id(), description, finding.repairable());
    }
}
