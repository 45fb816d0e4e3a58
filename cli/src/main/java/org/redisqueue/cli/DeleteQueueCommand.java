// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import org.redisqueue.admin.QueueAdmin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Deletes a queue with all of its messages. */
@Command(name = "delete-queue", description = "Deletes a queue with all of its messages.")
final class DeleteQueueCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Override
    public Integer call() {
        confirmation.require("Delete queue '" + queue + "' with all of its messages?");
        QueueAdmin admin = parent.admin();
        return JobWait.until(admin, admin.deleteQueue(queue), parent.output());
    }
}
