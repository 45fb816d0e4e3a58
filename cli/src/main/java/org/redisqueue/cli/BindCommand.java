// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Binds a queue to a topic. */
@Command(name = "bind", description = "Binds a queue to a topic: it gets the messages that are published to the topic.")
final class BindCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<topic>", description = "Name of the topic.")
    private String topic = "";

    @Parameters(index = "1", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Override
    public Integer call() {
        boolean added = parent.admin().bind(topic, queue);
        parent.output().line(added ? "Bound. All servers use the binding within one second." : "It was bound already.");
        return 0;
    }
}
