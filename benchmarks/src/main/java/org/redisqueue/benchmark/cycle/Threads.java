// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One thread for each listener. */
final class Threads implements AutoCloseable {

    static final int COUNT = 15;

    private final ExecutorService executor = Executors.newFixedThreadPool(COUNT);

    /** Runs the task on each thread, and waits for all. */
    void all(Callable<Void> work) throws Exception {
        List<Future<Void>> running = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            running.add(executor.submit(work));
        }
        for (Future<Void> each : running) {
            each.get();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
