// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Removes a setting of a queue. */
@Command(name = "unset", description = "Removes a setting of a queue, until a listener that declares it connects.")
final class UnsetCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Parameters(index = "1", paramLabel = "<setting>", description = "rateLimit, maxQueueConcurrency or onDeadLetter.")
    private String setting = "";

    @Override
    public Integer call() {
        parent.admin().changeSetting(queue, setting, null);
        parent.output().line("Removed " + setting + ".");
        return 0;
    }
}
