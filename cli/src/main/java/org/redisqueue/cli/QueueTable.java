// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.cli.Output.Column;

/** The columns of a list of queues. */
final class QueueTable {

    static final List<Column<QueueStatus>> COLUMNS = List.of(
            Column.text("QUEUE", QueueStatus::name),
            Column.number("READY", QueueStatus::ready),
            Column.number("DELIVERING", QueueStatus::delivering),
            Column.number("REDELIVERING", QueueStatus::redelivering),
            Column.number("SCHEDULED", QueueStatus::scheduled),
            Column.number("WAITING", QueueStatus::waiting),
            Column.number("IN DOUBT", QueueStatus::inDoubt),
            Column.number("DEAD", QueueStatus::dead),
            Column.number("OLDEST", QueueStatus::oldestReady),
            Column.number("CONSUMERS", QueueStatus::consumers),
            Column.number("DELIVERED/MIN", QueueStatus::deliveredPerMinute),
            Column.number("FAILED/MIN", QueueStatus::failedPerMinute),
            Column.text("STATE", QueueTable::state));

    private QueueTable() {}

    /** An invalid limit applies as the strictest one. */
    private static String state(QueueStatus queue) {
        boolean limited = Stream.of("rateLimit", "maxQueueConcurrency")
                .anyMatch(limit -> !queue.settings().getOrDefault(limit, "none").equals("none"));
        return Stream.of(queue.paused() ? "paused" : "", limited ? "limited" : "")
                .filter(state -> !state.isEmpty())
                .collect(Collectors.joining(", "));
    }
}
