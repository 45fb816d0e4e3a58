// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.spi.work.Work;
import org.jspecify.annotations.Nullable;

/**
 * Runs a worker on a thread of the container, and drops it afterwards. A thread of WildFly keeps the first work that it
 * did for as long as it lives, and must not keep the application with it.
 */
final class WorkerWork implements Work {

    private @Nullable Worker worker;

    WorkerWork(Worker worker) {
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
