// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Starts and stops the listeners of a web module in the naming context of the module. If the extension is in the
 * libraries of an EAR, CDI does not notify it of the EAR's web modules.
 */
public class WebModule implements ServletContainerInitializer, ServletContextListener {

    @Override
    public void onStartup(Set<Class<?>> types, ServletContext context) {
        context.addListener(new WebModule());
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        notifyListeners(listeners -> listeners.start(event.getServletContext()));
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        notifyListeners(listeners -> listeners.stop(event.getServletContext()));
    }

    private static void notifyListeners(Consumer<Listeners> what) {
        CDI<Object> container;
        try {
            container = CDI.current();
        } catch (IllegalStateException e) {
            return; // the module has no CDI beans
        }
        container.select(Listeners.class).stream().forEach(what);
    }
}
