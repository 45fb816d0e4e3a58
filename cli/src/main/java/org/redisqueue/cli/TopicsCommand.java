// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.TopicStatus;
import org.redisqueue.cli.Output.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Lists topics with the queues that are bound to them. */
@Command(
        name = "topics",
        description = "Lists all topics, or those that are named, with the queues that are bound to them.")
final class TopicsCommand implements Callable<Integer> {

    private static final List<Column<Binding>> COLUMNS =
            List.of(Column.text("TOPIC", Binding::topic), Column.text("QUEUE", Binding::queue));

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(paramLabel = "<topic>", description = "Name of a topic. Default: all topics.", arity = "0..*")
    private List<String> names = List.of();

    @Override
    public Integer call() {
        QueueAdmin admin = parent.admin();
        List<TopicStatus> topics = names.isEmpty()
                ? admin.topics()
                : names.stream().map(admin::topic).toList();
        if (!parent.output().json(topics)) {
            parent.output()
                    .table(
                            topics.stream()
                                    .flatMap(topic ->
                                            topic.queues().stream().map(queue -> new Binding(topic.name(), queue)))
                                    .toList(),
                            COLUMNS);
        }
        return 0;
    }

    /** A queue that is bound to a topic. */
    private record Binding(String topic, String queue) {}
}
