// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.List;
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
            Column.text("STATE", status -> status.paused() ? "paused" : ""));

    private QueueTable() {}
}
