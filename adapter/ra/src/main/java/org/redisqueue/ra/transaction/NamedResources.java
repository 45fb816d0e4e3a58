// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import javax.transaction.xa.XAResource;

/**
 * Gives the container XAResources under the name of their Redis, where it has an interface for such: WildFly has.
 *
 * <p>When a server dies after a branch was committed and before its log says so, no XAResource lists the branch any
 * more. Narayana drops it from its log if an XAResource of the same name was asked; without a name it cannot know
 * whether the right Redis was, and keeps the record forever.
 *
 * <p>Deployments do not see the interface, but the container's own classes do. A {@link java.lang.reflect.Proxy} will
 * not do: it is {@link java.io.Serializable}, and Narayana stores what is.
 */
public final class NamedResources {

    private static final String INTERFACE = "org.jboss.tm.XAResourceWrapper";

    private final Constructor<?> named;

    private NamedResources(Constructor<?> named) {
        this.named = named;
    }

    /** @param container an object that it has made of a class of its own */
    public static NamedResources knownTo(Object container) {
        try {
            Class<?> type = Class.forName(INTERFACE, false, container.getClass().getClassLoader());
            return new NamedResources(new Loader(type).define().getConstructor(RedisXAResource.class, String.class));
        } catch (ReflectiveOperationException | LinkageError e) {
            return new NamedResources(null);
        }
    }

    /** The same XAResource with its name; as it is, if the container has no names. */
    public XAResource named(RedisXAResource resource) {
        if (named == null) {
            return resource;
        }
        try {
            return (XAResource)
                    named.newInstance(resource, resource.manager().client().name());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Loads {@link NamedXAResource} where it sees the container's interface beside the adapter's own classes. */
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
