// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.redisqueue.cli.Output.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows the settings of a queue. */
@Command(name = "settings", description = "Shows the settings of a queue, which apply to all servers together.")
final class SettingsCommand implements Callable<Integer> {

    private static final List<Column<Map.Entry<String, String>>> COLUMNS =
            List.of(Column.text("SETTING", Map.Entry::getKey), Column.text("VALUE", Map.Entry::getValue));

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Override
    public Integer call() {
        Map<String, String> settings = parent.admin().settings(queue);
        if (!parent.output().json(settings)) {
            parent.output().table(List.copyOf(settings.entrySet()), COLUMNS);
        }
        return 0;
    }
}
