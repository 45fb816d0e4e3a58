// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.function.Supplier;

/**
 * Gives a thread back as it was, after Redisson has worked on it. The threads of the container live longer than the
 * adapter: what Netty leaves with one would keep all classes of the adapter in memory when it is undeployed, and so
 * would an application's class loader that a thread of Redisson inherited when it was started.
 */
public final class BorrowedThread {

    private static final ClassLoader OURS = BorrowedThread.class.getClassLoader();

    private BorrowedThread() {}

    /** Has work done that calls Redisson on the current thread. */
    public static <T> T call(Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        thread.setContextClassLoader(OURS);
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(loader);
            giveBack();
        }
    }

    /** As {@link #call}, for work without a result. */
    public static void run(Runnable work) {
        call(() -> {
            work.run();
            return null;
        });
    }

    /** Takes from the current thread what Netty has left with it. Its own threads do that when they end. */
    public static void giveBack() {
        if (!FastThreadLocalThread.currentThreadWillCleanupFastThreadLocals()) {
            FastThreadLocal.removeAll();
        }
    }
}
