// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Lists the queues. */
@Command(name = "queues", description = "Lists the queues.")
final class QueuesCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Override
    public Integer call() {
        parent.output().table(parent.admin().queues(), QueueTable.COLUMNS);
        return 0;
    }
}
