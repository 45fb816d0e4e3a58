// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.util.concurrent.ThreadFactory;

/**
 * Creates the adapter's own threads, which never refer to an application, whichever thread creates them. By default, a
 * thread inherits the context class loader of its creator and keeps it in memory for as long as it lives.
 */
public final class OwnThreads implements ThreadFactory {

    private final String name;

    public OwnThreads(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(OwnThreads.class.getClassLoader());
        return thread;
    }
}
