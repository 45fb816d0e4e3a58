// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.QueueAdminException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Prints a message with its headers and its body. */
@Command(name = "show", description = "Prints a message with its headers and its body.")
final class ShowCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Parameters(index = "1", paramLabel = "<id>", description = "Id of the message.")
    private String id = "";

    @Override
    public Integer call() {
        MessageDetails message = parent.admin()
                .message(queue, id)
                .orElseThrow(() -> new QueueAdminException(
                        QueueAdminException.Kind.NOT_FOUND, "Queue '" + queue + "' has no such message."));
        Output output = parent.output();
        if (output.json(message)) {
            return 0;
        }
        output.line("place: " + message.summary().place());
        output.line("size: " + message.summary().size());
        output.line("deliveries: " + message.summary().deliveries());
        if (message.summary().reason() != null) {
            output.line("reason: " + message.summary().reason());
        }
        if (message.malformed() != null) {
            output.line("malformed: " + message.malformed());
        }
        output.line("version: " + message.version());
        message.headers().forEach((name, value) -> output.line("header " + name + ": " + value));
        output.line("");
        output.text(message.body());
        if (message.truncated()) {
            output.line("(truncated)");
        }
        return 0;
    }
}
