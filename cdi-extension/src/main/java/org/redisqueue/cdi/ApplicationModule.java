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
import org.redisqueue.RedisQueueException;

/**
 * A part of an application that starts by itself: a web module, or all modules that are none.
 *
 * @param web null if it is none
 * @param loader tells modules apart
 */
record ApplicationModule(ServletContext web, ClassLoader loader) {

    /** @param event of the initialization or the end of a module's application scope (CDI 4.0, 6.7.3) */
    static ApplicationModule of(Object event) {
        return event instanceof ServletContext web
                ? new ApplicationModule(web, web.getClassLoader())
                : new ApplicationModule(null, Thread.currentThread().getContextClassLoader());
    }

    boolean contains(Class<?> type) {
        return web == null ? !isOfWebModule(type) : isVisible(type);
    }

    /** By the place where the Jakarta Servlet specification, 10.5, has its classes. */
    private static boolean isOfWebModule(Class<?> type) {
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

    /** Makes a call as a class of this module would: where it is not a web module, they have class loaders of their own. */
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

    /** The deployment descriptors for a class of this module: its own, then those of libraries. */
    List<URL> descriptors(Class<?> type) {
        Set<URL> locations = new LinkedHashSet<>();
        try {
            if (web != null && web.getResource("/WEB-INF/" + Descriptor.NAME) != null) {
                locations.add(web.getResource("/WEB-INF/" + Descriptor.NAME));
            }
            locations.addAll(Collections.list(type.getClassLoader().getResources("META-INF/" + Descriptor.NAME)));
        } catch (IOException e) {
            throw new RedisQueueException("RQ-507 Cannot look for " + Descriptor.NAME + ": " + e, e);
        }
        return new ArrayList<>(locations);
    }
}
