// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.cli.Output.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Lists prepared transaction branches, or decides one of them. */
@Command(name = "in-doubt", description = "Lists prepared transaction branches, or decides one of them.")
final class InDoubtCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    private static final List<Column<InDoubtBranch>> COLUMNS = List.of(
            Column.whole("XID", InDoubtBranch::xid),
            Column.text("QUEUE", InDoubtBranch::queue),
            Column.number("AGE", InDoubtBranch::age),
            Column.text("OWNER", InDoubtBranch::owner),
            Column.number("CONSUMED", branch -> branch.consumed().size()),
            Column.number("SENT", branch -> branch.sent().size()),
            Column.text("MALFORMED", InDoubtBranch::malformed));

    @Parameters(
            index = "0",
            paramLabel = "<xid>",
            description = "The branch to decide. Default: lists all branches.",
            arity = "0..1")
    private @Nullable String xid;

    @Option(
            names = {"-d", "--decision"},
            paramLabel = "<decision>",
            description = "${COMPLETION-CANDIDATES}.")
    private @Nullable Decision decision;

    @Option(
            names = "--force",
            description = "Decide even a branch that is younger than a minute, whose transaction may be running.")
    private boolean force;

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Override
    public Integer call() {
        if (xid == null) {
            parent.output().table(parent.admin().inDoubt(), COLUMNS);
            return 0;
        } else if (decision == null) {
            throw new InvalidArgumentException("Add a decision: --decision commit, rollback or forget.");
        }
        confirmation.require("Decide branch " + xid + ": " + decision + "?");
        parent.admin().decide(xid, decision, force);
        parent.output().line("Done.");
        return 0;
    }
}
