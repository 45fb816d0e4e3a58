// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Lists all queues, or those that are named. */
@Command(name = "queues", description = "Lists all queues, or those that are named.")
final class QueuesCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(paramLabel = "<queue>", description = "Name of a queue. Default: all known queues.", arity = "0..*")
    private List<String> names = List.of();

    @Override
    public Integer call() {
        QueueAdmin admin = parent.admin();
        List<QueueStatus> queues = names.isEmpty()
                ? admin.queues()
                : names.stream().map(admin::queue).toList();
        parent.output().table(queues, QueueTable.COLUMNS);
        return 0;
    }
}
