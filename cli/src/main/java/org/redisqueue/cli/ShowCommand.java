// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessageSummary;
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
        MessageSummary summary = message.summary();
        line(output, "place", summary.place());
        line(output, "size", summary.size());
        line(output, "sent", summary.sent());
        line(output, "expires", summary.expires());
        line(output, "group", summary.group());
        line(output, "priority", summary.priority() == 0 ? null : summary.priority());
        line(output, "deliveries", summary.deliveries());
        line(output, "holder", BrowseCommand.holder(summary.holder()));
        line(output, "due", summary.due());
        line(output, "branch", summary.branch());
        line(output, "dead letter since", summary.since());
        line(output, "reason", summary.reason());
        line(output, "malformed", message.malformed());
        line(output, "version", message.version());
        line(output, "encoding", message.binary() ? "Base64, because the body is not valid UTF-8" : null);
        message.headers().forEach((name, value) -> output.line("header " + name + ": " + value));
        output.line("");
        output.text(message.body());
        if (message.truncated()) {
            output.line("(truncated)");
        }
        return 0;
    }

    private static void line(Output output, String name, @Nullable Object value) {
        if (value != null) {
            output.line(name + ": " + value);
        }
    }
}
