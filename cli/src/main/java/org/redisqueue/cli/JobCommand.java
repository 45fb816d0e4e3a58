// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.Callable;
import org.redisqueue.admin.QueueAdminException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Prints the progress of a job. */
@Command(name = "job", description = "Prints the progress of a job.")
final class JobCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    @Parameters(index = "0", paramLabel = "<id>", description = "Id of the job.")
    private String id = "";

    @Override
    public Integer call() {
        return JobWait.print(
                parent.admin()
                        .job(id)
                        .orElseThrow(() ->
                                new QueueAdminException(QueueAdminException.Kind.NOT_FOUND, "There is no such job.")),
                parent.output());
    }
}
