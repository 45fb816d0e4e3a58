// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.RepairReport;
import org.redisqueue.cli.Output.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Looks for damaged queues, and repairs them if that is safe. */
@Command(name = "check", description = "Looks for damaged queues, and repairs them if that is safe.")
final class CheckCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    private static final List<Column<Finding>> COLUMNS = List.of(
            Column.text("KIND", Finding::kind),
            Column.text("QUEUE", Finding::queue),
            Column.whole("ID", Finding::id),
            Column.text("REPAIRABLE", finding -> finding.repairable() ? "yes" : "no"),
            Column.whole("DESCRIPTION", Finding::description));

    @Parameters(
            index = "0",
            paramLabel = "<queue>",
            description = "Name of the queue. Default: all queues.",
            arity = "0..1")
    private @Nullable String queue;

    @Option(
            names = "--pause",
            paramLabel = "<duration>",
            description =
                    "Time between the passes: at least the longest lease of the consumers. Default: ${DEFAULT-VALUE}.",
            defaultValue = "15s")
    private Duration pause = Duration.ofSeconds(15);

    @Option(names = "--repair", description = "Repair what can be repaired without a decision.")
    private boolean repairing;

    @Override
    public Integer call() {
        QueueAdmin admin = parent.admin();
        Output output = parent.output();
        output.line("Checking takes two pauses of " + Output.duration(pause) + ".");
        CheckReport report = admin.check(queue, pause);
        List<Finding> remaining = report.findings();
        if (repairing && !remaining.isEmpty()) {
            RepairReport repaired = admin.repair(remaining);
            remaining = repaired.remaining();
            if (!output.json(
                    Map.of("repaired", repaired.repaired(), "remaining", remaining, "skipped", report.skipped()))) {
                output.line("Repaired:");
                output.table(repaired.repaired(), COLUMNS);
                output.line("Not repaired:");
                output.table(remaining, COLUMNS);
            }
        } else if (!output.json(report)) {
            output.table(report.findings(), COLUMNS);
        }
        report.skipped().forEach(skipped -> output.line("Not checked: " + skipped));
        output.line(count(report.queues(), "queue") + ", " + count(report.messages(), "message") + ", "
                + count(report.findings().size(), "finding"));
        return remaining.isEmpty() && report.skipped().isEmpty() ? 0 : RedisQueueCommand.NOT_GOOD;
    }

    private static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
