// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Moves dead letters or ready messages to another queue. */
@Command(name = "move", description = "Moves dead letters or ready messages to another queue.")
final class MoveCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Parameters(index = "1", paramLabel = "<target>", description = "Name of the other queue.")
    private String target = "";

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Option(names = "--ready", description = "Move ready messages instead of dead letters.")
    private boolean ready;

    @Override
    public Integer call() {
        QueueAdmin admin = parent.admin();
        Place place = ready ? Place.READY : Place.DEAD;
        return JobWait.until(admin, admin.move(queue, place, selection.selection(), target), parent.output());
    }
}
