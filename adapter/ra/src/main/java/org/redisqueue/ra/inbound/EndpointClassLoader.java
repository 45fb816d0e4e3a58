// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.io.IOException;
import java.net.URL;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes that are visible to the application of a listener, then those that the container makes visible to
 * the adapter.
 *
 * <p>In Open Liberty, the class loader of an application does not see the server's implementations of JSON Binding and
 * other APIs. The context class loaders with which Open Liberty calls applications and adapters do see them.
 */
final class EndpointClassLoader extends ClassLoader {

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader container;

    /**
     * @param application the class loader of the listener
     * @param container the context class loader with which the container called the adapter; null if there is none
     */
    EndpointClassLoader(ClassLoader application, @Nullable ClassLoader container) {
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
