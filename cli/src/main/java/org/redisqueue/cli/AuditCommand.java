// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.cli.Output.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Lists the changes that operators have requested. */
@Command(name = "audit", description = "Lists the changes that operators have requested.")
final class AuditCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    private static final List<Column<AuditEntry>> COLUMNS = List.of(
            Column.whole("ID", AuditEntry::id),
            Column.text("AT", AuditEntry::at),
            Column.text("ACTOR", AuditEntry::actor),
            Column.text("VIA", AuditEntry::via),
            Column.text("ACTION", AuditEntry::action),
            Column.text("QUEUE", AuditEntry::queue),
            Column.text("DETAILS", entry -> entry.details().isEmpty() ? null : entry.details()),
            Column.whole("FAILURE", AuditEntry::failure));

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "<number>",
            description = "Maximum number of entries, 1 to 1,000. Default: ${DEFAULT-VALUE}.",
            defaultValue = "50")
    private int limit;

    @Option(names = "--before", paramLabel = "<id>", description = "Id of the last entry of the previous page.")
    private @Nullable String before;

    @Override
    public Integer call() {
        parent.output().table(parent.admin().audit(before, limit), COLUMNS);
        return 0;
    }
}
