// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.Holder;
import org.redisqueue.admin.MessagePage;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.cli.Output.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Lists messages in one place of a queue. */
@Command(name = "browse", description = "Lists messages in one place of a queue.")
final class BrowseCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    private static final List<Column<MessageSummary>> COLUMNS = List.of(
            Column.whole("ID", MessageSummary::id),
            Column.number("SIZE", MessageSummary::size),
            Column.text("SENT", MessageSummary::sent),
            Column.text("GROUP", MessageSummary::group),
            Column.number("PRIORITY", MessageSummary::priority),
            Column.number("DELIVERIES", MessageSummary::deliveries),
            Column.text("SINCE", MessageSummary::since),
            Column.text("DUE", MessageSummary::due),
            Column.text("HOLDER", message -> holder(message.holder())),
            Column.whole("BRANCH", MessageSummary::branch),
            Column.text("REASON", MessageSummary::reason));

    @Parameters(index = "0", paramLabel = "<queue>", description = "Name of the queue.")
    private String queue = "";

    @Option(
            names = {"-p", "--place"},
            paramLabel = "<place>",
            description = "Place: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "READY")
    private Place place = Place.READY;

    @Option(names = "--cursor", paramLabel = "<cursor>", description = "Cursor of the previous page.")
    private @Nullable String cursor;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "<number>",
            description = "Maximum number of messages, 1 to 500. Default: ${DEFAULT-VALUE}.",
            defaultValue = "50")
    private int limit;

    @Override
    public Integer call() {
        MessagePage page = parent.admin().browse(queue, place, cursor, limit);
        if (!parent.output().json(page)) {
            parent.output().table(page.messages(), COLUMNS);
            if (page.next() != null) {
                parent.output().line("More: --cursor " + page.next());
            }
        }
        return 0;
    }

    static @Nullable String holder(@Nullable Holder holder) {
        if (holder == null) {
            return null;
        }
        return (holder.host() == null ? "unknown server" : holder.host())
                + (holder.listener() == null ? "" : ", " + holder.listener())
                + (holder.since() == null ? "" : ", since " + holder.since());
    }
}
