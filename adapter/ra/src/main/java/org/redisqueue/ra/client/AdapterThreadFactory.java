// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.util.concurrent.ThreadFactory;

/**
 * Creates threads that do not retain the class loader of the application that caused their creation. By default, a new
 * thread inherits its creator's context class loader and inheritable thread locals, which would keep an undeployed
 * application in memory.
 */
public final class AdapterThreadFactory implements ThreadFactory {

    private final String name;

    public AdapterThreadFactory(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(AdapterThreadFactory.class.getClassLoader());
        return thread;
    }
}
