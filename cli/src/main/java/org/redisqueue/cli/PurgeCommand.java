// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import org.redisqueue.admin.QueueAdmin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Deletes as many messages of a queue as are ready now. */
@Command(
        name = "purge",
        description =
                "Deletes as many messages of a queue as are ready now. If the queue is consumed meanwhile, messages that"
                        + " arrive later may be among them; pause it first to prevent this.")
final class PurgeCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Override
    public Integer call() {
        confirmation.require("Delete all ready messages of queue '" + queue + "'?");
        QueueAdmin admin = parent.admin();
        return JobWait.until(admin, admin.purge(queue), parent.output());
    }
}
