// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Pauses a queue: consumers claim no more messages. */
@Command(name = "pause", description = "Pauses a queue: consumers claim no more messages.")
final class PauseCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Option(
            names = {"-f", "--for"},
            paramLabel = "<duration>",
            description = "How long, such as 90s, 15m, 2h or 7d. Default: until the queue is resumed.")
    private @Nullable Duration duration;

    @Override
    public Integer call() {
        parent.admin().pause(queue, duration);
        parent.output()
                .line("Paused "
                        + (duration == null ? "until it is resumed." : "for " + Output.duration(duration) + "."));
        return 0;
    }
}
