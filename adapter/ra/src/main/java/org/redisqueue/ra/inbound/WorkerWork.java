// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.spi.work.Work;
import org.jspecify.annotations.Nullable;

/**
 * Runs a worker on a container thread, and drops the reference to it afterwards. A WildFly thread retains the first
 * work that it ran for as long as it lives, and must not thereby retain the application.
 */
final class WorkerWork implements Work {

    private @Nullable Runnable worker;

    WorkerWork(Runnable worker) {
        this.worker = worker;
    }

    @Override
    public void run() {
        try {
            if (worker != null) {
                worker.run();
            }
        } finally {
            worker = null;
        }
    }

    /** Does nothing: a worker ends when its dispatcher stops. */
    @Override
    public void release() {}
}
