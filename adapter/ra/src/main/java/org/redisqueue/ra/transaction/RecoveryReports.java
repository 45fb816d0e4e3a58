// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.BranchListingResult;
import org.redisqueue.ra.protocol.RedisCallException;

/**
 * Logs problems with the queues and records that recovery reads. A problem is logged when it first occurs and when it
 * changes, not each time the transaction manager asks.
 */
final class RecoveryReports {

    private static final int MAX_LINES = 10;
    private static final int MAX_BRANCHES = 1_000;

    private Map<String, String> unreadable = Map.of();
    private Set<String> queuesWithMalformedIds = Set.of();
    private final Set<String> malformed = new LinkedHashSet<>();

    /** Logs the problems that a list of branches shows for the first time. */
    synchronized void listed(BranchListingResult found) {
        Map<String, String> reasons = new HashMap<>();
        found.unreadable().forEach((queue, failure) -> reasons.put(queue, Failures.describe(failure)));
        Map<String, String> changed = new TreeMap<>(reasons);
        changed.entrySet().removeAll(unreadable.entrySet());
        changed.entrySet().stream()
                .limit(MAX_LINES)
                .forEach(entry -> LogMessage.QUEUE_UNREADABLE.log(entry.getKey(), entry.getValue()));
        if (changed.size() > MAX_LINES) {
            LogMessage.QUEUES_UNREADABLE.log(changed.size() - MAX_LINES);
        }
        unreadable = reasons;
        reportMalformedIds(found);
    }

    private void reportMalformedIds(BranchListingResult found) {
        Set<String> queues = found.homes().entrySet().stream()
                .filter(branch -> BranchXid.parse(branch.getKey()).isEmpty())
                .flatMap(branch -> branch.getValue().stream())
                .collect(Collectors.toSet());
        List<String> added = queues.stream()
                .filter(queue -> !queuesWithMalformedIds.contains(queue))
                .sorted()
                .toList();
        added.stream().limit(MAX_LINES).forEach(queue -> LogMessage.BRANCH_ID_MALFORMED.log(queue));
        queuesWithMalformedIds = queues;
    }

    /** Logs that a branch cannot be ended, if the reason is that its record is malformed. */
    synchronized void failed(BranchXid branch, RedisCallException failure) {
        if (failure.getMessage().contains("RQMALFORMED") && malformed.add(branch.text())) {
            LogMessage.BRANCH_MALFORMED.log(branch, Failures.describe(failure));
            if (malformed.size() > MAX_BRANCHES) {
                malformed.remove(malformed.iterator().next());
            }
        }
    }
}
