// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.redisqueue.admin.QueueStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Shows the busiest queues, refreshed every few seconds. Press Ctrl+C to end it. */
@Command(name = "top", description = "Shows the busiest queues, refreshed every few seconds. Press Ctrl+C to end it.")
final class TopCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    private static final String CLEAR = "\u001b[H\u001b[2J";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_REST = "\u001b[J";

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "<duration>",
            description = "Time between two refreshes. Default: ${DEFAULT-VALUE}.",
            defaultValue = "2s")
    private Duration interval = Duration.ofSeconds(2);

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "<number>",
            description = "Maximum number of queues. Default: ${DEFAULT-VALUE}.",
            defaultValue = "30")
    private int limit;

    @Option(
            names = "--times",
            paramLabel = "<number>",
            description = "Number of refreshes. Default: until it is interrupted.",
            defaultValue = "0")
    private int times;

    @Override
    public Integer call() throws InterruptedException {
        for (int i = 0; times == 0 || i < times; i++) {
            if (i > 0) {
                Thread.sleep(interval.toMillis());
            }
            List<QueueStatus> queues = parent.admin().queues().stream()
                    .sorted(Comparator.comparingLong(TopCommand::urgency)
                            .reversed()
                            .thenComparing(QueueStatus::name))
                    .limit(limit)
                    .toList();
            if (parent.output().isJson()) {
                parent.output().json(queues);
                continue;
            }
            StringBuilder screen = new StringBuilder(i == 0 ? CLEAR : HOME);
            screen.append(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS))
                    .append(CLEAR_LINE)
                    .append('\n');
            for (String line : Output.lines(queues, QueueTable.COLUMNS)) {
                screen.append(line).append(CLEAR_LINE).append('\n');
            }
            System.out.print(screen.append(CLEAR_REST));
            System.out.flush();
        }
        return 0;
    }

    private static long urgency(QueueStatus status) {
        return status.ready() + status.delivering() + status.redelivering() + status.inDoubt() + status.dead();
    }
}
