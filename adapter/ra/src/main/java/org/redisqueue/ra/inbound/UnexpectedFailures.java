// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;

/** Reports failures that nothing else handles, such as exhausted memory. Its methods do not throw. */
final class UnexpectedFailures {

    private final String queue;
    private final RecurringProblem problem = new RecurringProblem(Duration.ofMinutes(1));

    UnexpectedFailures(String queue) {
        this.queue = queue;
    }

    void report(Throwable failure) {
        try {
            String reason = ListenerFailure.describe(failure);
            if (problem.shouldReport(reason)) {
                LogMessage.CONSUMING_FAILED.log(failure, queue, reason);
            }
        } catch (Throwable e) {
            // The log itself may have failed, and there is no other place to report that.
        }
    }

    /** Writes to the log. A logging failure must not affect deliveries. */
    void logged(Runnable lines) {
        try {
            lines.run();
        } catch (Throwable e) {
            report(e);
        }
    }
}
