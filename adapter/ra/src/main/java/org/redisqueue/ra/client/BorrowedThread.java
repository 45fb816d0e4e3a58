// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.function.Supplier;

/**
 * Runs calls to Redisson on a container thread and then restores the thread to its previous state.
 *
 * <p>Container threads outlive the adapter. Thread locals that Netty leaves on such a thread would keep all classes of
 * the adapter in memory after it is undeployed. A thread that Redisson starts during a call inherits the caller's
 * context class loader and would keep an undeployed application in memory. During the call, the context class loader is
 * therefore that of the adapter.
 */
public final class BorrowedThread {

    private static final ClassLoader ADAPTER_LOADER = BorrowedThread.class.getClassLoader();

    private BorrowedThread() {}

    /** Runs work that calls Redisson on the current thread, and returns its result. */
    public static <T> T call(Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        thread.setContextClassLoader(ADAPTER_LOADER);
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(loader);
            removeThreadLocals();
        }
    }

    /** Runs work without a result, like {@link #call}. */
    public static void run(Runnable work) {
        call(() -> {
            work.run();
            return null;
        });
    }

    /** Removes Netty's thread locals from the current thread. Netty's own threads remove theirs when they end. */
    public static void removeThreadLocals() {
        if (!FastThreadLocalThread.currentThreadWillCleanupFastThreadLocals()) {
            FastThreadLocal.removeAll();
        }
    }
}
