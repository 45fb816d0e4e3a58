// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.io.IOException;
import java.net.URL;
import java.util.Enumeration;

/**
 * Sees what a listener's application sees, and then what the container lets the adapter see.
 *
 * <p>In Open Liberty an application's own class loader does not see the implementations that the server has of JSON
 * Binding and others; the context class loaders do with which it calls applications and adapters.
 */
final class EndpointClassLoader extends ClassLoader {

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader container;

    /**
     * @param application the loader of the listener
     * @param container the context class loader with which the container has called the adapter; null = none
     */
    EndpointClassLoader(ClassLoader application, ClassLoader container) {
        super(application);
        this.container = container == null ? ClassLoader.getPlatformClassLoader() : container;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        return container.loadClass(name);
    }

    @Override
    protected URL findResource(String name) {
        return container.getResource(name);
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
        return container.getResources(name);
    }
}
