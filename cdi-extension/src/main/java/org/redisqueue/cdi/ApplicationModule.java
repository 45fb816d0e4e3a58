// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.net.URL;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;

/**
 * A part of an application that starts on its own: either one web module, or all other modules together.
 *
 * @param web the context of the web module; null for the other modules
 * @param loader identifies the module
 */
record ApplicationModule(@Nullable ServletContext web, ClassLoader loader) {

    /**
     * Returns the module that an event is about.
     *
     * @param event the payload of an event about the initialization or the end of a module's application scope (CDI
     *     4.0, 6.7.3)
     */
    static ApplicationModule of(Object event) {
        return event instanceof ServletContext web
                ? new ApplicationModule(web, web.getClassLoader())
                : new ApplicationModule(null, Thread.currentThread().getContextClassLoader());
    }

    boolean contains(Class<?> type) {
        return web == null ? !isInWebModule(type) : isVisible(type);
    }

    /** Checks whether the class comes from the directory that the Jakarta Servlet specification, 10.5, defines. */
    private static boolean isInWebModule(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source != null
                && source.getLocation() != null
                && source.getLocation().getPath().contains("/WEB-INF/");
    }

    private boolean isVisible(Class<?> type) {
        try {
            return Class.forName(type.getName(), false, loader) == type;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * Makes a call with the context class loader of a class in this module. Outside of web modules, classes have
     * different class loaders, so the call uses the class loader of the given class.
     */
    <T> T callFor(Class<?> type, Supplier<T> call) {
        if (web != null) {
            return call.get();
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(type.getClassLoader());
        try {
            return call.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** {@return the deployment descriptors for a class of this module: that of the module, then those of libraries} */
    @SuppressWarnings("URLEqualsHashCode") // class path URLs contain no hosts
    List<URL> descriptors(Class<?> type) {
        Set<URL> locations = new LinkedHashSet<>();
        try {
            if (web != null && web.getResource("/WEB-INF/" + Descriptor.NAME) != null) {
                locations.add(web.getResource("/WEB-INF/" + Descriptor.NAME));
            }
            locations.addAll(Collections.list(type.getClassLoader().getResources("META-INF/" + Descriptor.NAME)));
        } catch (IOException e) {
            throw new RedisQueueException(
                    "RQ-507 The class path cannot be searched for " + Descriptor.NAME + ": " + e, e);
        }
        return new ArrayList<>(locations);
    }
}
