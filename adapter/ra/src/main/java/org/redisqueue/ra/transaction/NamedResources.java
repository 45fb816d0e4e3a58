// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.util.function.Function;
import javax.transaction.xa.XAResource;

/**
 * Gives the container XAResources that carry the name of their Redis deployment, if the container has an interface for
 * that, as WildFly does.
 *
 * <p>If a server dies after a branch was committed but before the transaction manager has logged that, no XAResource
 * lists the branch. Narayana drops the branch from its log once it has asked an XAResource with the same name. Without
 * a name, it cannot tell whether it has asked the right Redis deployment, and keeps the record forever.
 *
 * <p>Deployments cannot access the interface, but the container's own classes can. A {@link java.lang.reflect.Proxy} is
 * not a substitute: it is {@link java.io.Serializable}, and Narayana stores serializable XAResources.
 */
public final class NamedResources {

    private static final String INTERFACE = "org.jboss.tm.XAResourceWrapper";

    private final Function<RedisXAResource, XAResource> naming;

    private NamedResources(Function<RedisXAResource, XAResource> naming) {
        this.naming = naming;
    }

    /**
     * Looks up the interface of the container; without one, {@link #named} returns its argument unchanged.
     *
     * @param container an instance of one of the container's own classes
     */
    public static NamedResources of(Object container) {
        try {
            Class<?> type = Class.forName(INTERFACE, false, container.getClass().getClassLoader());
            Constructor<?> named = new Loader(type).define().getConstructor(RedisXAResource.class, String.class);
            return new NamedResources(resource -> create(named, resource));
        } catch (ReflectiveOperationException | LinkageError e) {
            return new NamedResources(resource -> resource);
        }
    }

    /** Returns the XAResource with its name, or unchanged if the container has no interface for named XAResources. */
    public XAResource named(RedisXAResource resource) {
        return naming.apply(resource);
    }

    private static XAResource create(Constructor<?> named, RedisXAResource resource) {
        try {
            return (XAResource)
                    named.newInstance(resource, resource.manager().client().name());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Loads {@link NamedXAResource} with access to both the container's interface and the adapter's own classes. */
    private static final class Loader extends ClassLoader {

        private static final String CLASS = NamedResources.class.getPackageName() + ".NamedXAResource";

        private final Class<?> type;

        private Loader(Class<?> type) {
            super(NamedResources.class.getClassLoader());
            this.type = type;
        }

        private Class<?> define() {
            try (InputStream bytes = NamedResources.class.getResourceAsStream("NamedXAResource.class")) {
                byte[] code = bytes.readAllBytes();
                return defineClass(CLASS, code, 0, code.length, NamedResources.class.getProtectionDomain());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.equals(INTERFACE) ? type : super.loadClass(name, resolve);
        }
    }
}
