// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Changes a setting of a queue. */
@Command(name = "set", description = "Changes a setting of a queue. Consumers on all servers apply it within a second.")
final class SetCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Parameters(index = "1", paramLabel = "<setting>", description = "rateLimit, maxQueueConcurrency or onDeadLetter.")
    private String setting = "";

    @Parameters(
            index = "2",
            paramLabel = "<value>",
            description =
                    "A rate such as 100/s, 6000/min or 1000/h; a number for maxQueueConcurrency; none to remove a limit;"
                            + " continue or block for onDeadLetter.")
    private String value = "";

    @Override
    public Integer call() {
        parent.admin().changeSetting(queue, setting, value);
        parent.output().line("Set " + setting + " to " + value + ".");
        return 0;
    }
}
