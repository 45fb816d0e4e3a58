// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import org.redisqueue.admin.QueueAdmin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Cancels a scheduled message. */
@Command(name = "cancel", description = "Cancels a scheduled message: deletes it before it is delivered.")
final class CancelCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Parameters(index = "1", paramLabel = "<id>", description = "Id of the message.")
    private String id = "";

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Override
    public Integer call() {
        QueueAdmin admin = parent.admin();
        confirmation.require("Cancel message '" + id + "' of queue '" + queue + "'?");
        if (!admin.cancelScheduled(queue, id)) {
            parent.output().line("No message with this id is scheduled.");
            return RedisQueueCommand.REFUSED;
        }
        parent.output().line("Canceled.");
        return 0;
    }
}
