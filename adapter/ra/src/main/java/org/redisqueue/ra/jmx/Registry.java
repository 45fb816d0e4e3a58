// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.log.LogMessage;

/**
 * The management beans that one adapter has registered. A name that is in use, for example by another adapter, gets the
 * suffix {@code -2}, {@code -3} and so on.
 */
final class Registry {

    private static final String DOMAIN = "org.redisqueue";
    private static final int MAX_SUFFIX = 1_000;

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Set<ObjectName> registered = new LinkedHashSet<>();
    private boolean warned;
    private boolean closed;

    /**
     * Registers a bean. A failure is logged once.
     *
     * @return its name; null if it was not registered
     */
    synchronized @Nullable ObjectName register(String type, String name, DescribedMBean bean) {
        if (closed) {
            return null;
        }
        try {
            ObjectName used = registerUnderFreeName(type, name, bean);
            registered.add(used);
            return used;
        } catch (JMException | RuntimeException e) {
            if (!warned) {
                warned = true;
                LogMessage.BEAN_NOT_REGISTERED.log(type + " " + name, e);
            }
            return null;
        }
    }

    private ObjectName registerUnderFreeName(String type, String name, DescribedMBean bean) throws JMException {
        for (int number = 1; ; number++) {
            ObjectName tried = name(type, number == 1 ? name : name + "-" + number);
            try {
                server.registerMBean(bean, tried);
                return tried;
            } catch (InstanceAlreadyExistsException e) {
                if (number == MAX_SUFFIX) {
                    throw e;
                }
            }
        }
    }

    private static ObjectName name(String type, String name) throws JMException {
        return new ObjectName(DOMAIN + ":type=" + type + ",name=" + ObjectName.quote(name));
    }

    /** Unregisters a bean. Does nothing if the name is null. */
    synchronized void unregister(@Nullable ObjectName name) {
        if (name != null && registered.remove(name)) {
            try {
                server.unregisterMBean(name);
            } catch (JMException | RuntimeException e) {
                // it is no longer registered
            }
        }
    }

    /** Unregisters all beans. Later registrations have no effect. */
    synchronized void close() {
        closed = true;
        List.copyOf(registered).forEach(this::unregister);
    }
}
