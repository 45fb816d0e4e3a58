// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.QueueAdmin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Deletes dead letters, or ready, scheduled or waiting messages by id. */
@Command(name = "delete", description = "Deletes dead letters, or ready, scheduled or waiting messages by id.")
final class DeleteCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Option(
            names = "--ready",
            description = "Delete ready, scheduled or waiting messages, which are selected with --id.")
    private boolean ready;

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Override
    public Integer call() {
        MessageSelection selected = selection.selection();
        if (ready && selected.ids() == null) {
            throw new InvalidArgumentException("--ready requires --id. To delete all ready messages, use purge.");
        }
        QueueAdmin admin = parent.admin();
        confirmation.require("Delete messages of queue '" + queue + "'?");
        if (!ready || selected.ids() == null) {
            return JobWait.until(admin, admin.deleteDeadLetters(queue, selected), parent.output());
        }
        selected.ids().forEach(id -> admin.deleteMessage(queue, id));
        parent.output().line("Deleted.");
        return 0;
    }
}
