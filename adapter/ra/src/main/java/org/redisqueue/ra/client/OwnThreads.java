// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.util.concurrent.ThreadFactory;

/**
 * Makes the adapter's own threads. Whoever has one started, they know no application: a thread inherits the class
 * loader of its maker, and would keep it for as long as it lives.
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
