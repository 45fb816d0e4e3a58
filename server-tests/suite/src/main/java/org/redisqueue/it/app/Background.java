// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Runs work of a test on a separate thread. The common pool, which {@link CompletableFuture} uses on Java 25, has a
 * single thread if there are two processors: work that waits would keep all other work from starting.
 */
public final class Background {

    private static final Executor THREADS = work -> new Thread(work, "background").start();

    private Background() {}

    public static CompletableFuture<Void> run(Runnable work) {
        return CompletableFuture.runAsync(work, THREADS);
    }

    public static <T> CompletableFuture<T> supply(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, THREADS);
    }
}
