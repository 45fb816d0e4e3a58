// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.concurrent.locks.LockSupport;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.QueueAdmin;

/** Waits for the end of a job and prints its progress. A job runs only as long as the command that has started it. */
final class JobWait {

    private static final long PAUSE_NANOS = 200_000_000;

    private JobWait() {}

    /** Returns the exit code. */
    static int until(QueueAdmin admin, Job job, Output output) {
        Job current = job;
        long shown = -1;
        while (current.state() == Job.State.RUNNING) {
            if (current.done() != shown && current.total() > 0) {
                output.line(current.done() + " of " + current.total());
                shown = current.done();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            current = admin.job(job.id()).orElse(current);
        }
        return print(current, output);
    }

    /** Prints a job and returns the exit code. */
    static int print(Job job, Output output) {
        if (!output.json(job)) {
            output.line(job.state() + ": " + job.changed() + " changed, " + job.done() + " considered"
                    + (job.failure() == null ? "" : ", " + job.failure()));
        }
        return job.state() == Job.State.DONE || job.state() == Job.State.RUNNING ? 0 : RedisQueueCommand.NOT_GOOD;
    }
}
