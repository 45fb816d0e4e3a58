// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.admin.UnbindReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Ends the binding of a queue to a topic. */
@Command(
        name = "unbind",
        description =
                "Ends the binding of a queue to a topic, waits two seconds, and reports what remains in the queue.")
final class UnbindCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<topic>", description = "Name of the topic.")
    private String topic = "";

    @Parameters(index = "1", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Override
    public Integer call() {
        UnbindReport report = parent.admin().unbind(topic, queue);
        if (!parent.output().json(report)) {
            QueueStatus remaining = report.remaining();
            long waiting = remaining.ready() + remaining.scheduled() + remaining.waiting() + remaining.redelivering();
            parent.output().line(report.unbound() ? "Unbound." : "It was not bound.");
            parent.output()
                    .line("In the queue: " + waiting + " messages to deliver, " + remaining.delivering()
                            + " being delivered, " + remaining.inDoubt() + " in doubt, " + remaining.dead()
                            + " dead letters. Consumers: " + remaining.consumers() + ".");
            if (report.preparedBranches() > 0) {
                parent.output()
                        .line("Prepared transactions that still send to the queue: " + report.preparedBranches() + ".");
            }
        }
        return 0;
    }
}
