// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.spi.ListenerActivator;

/** Looks up connection factories in JNDI. */
final class ConnectionFactories {

    /**
     * The names to try, in this order, if no name is configured: the name in the archive's own descriptor, the same
     * name without a prefix, and a name in the application's namespace.
     */
    static final List<String> DEFAULTS = List.of("java:/eis/RedisQueue", "eis/RedisQueue", "java:app/eis/RedisQueue");

    private ConnectionFactories() {}

    /** Reports that no connection factory has the given name. It may become available later. */
    static final class NotBoundException extends RedisQueueException {

        private static final long serialVersionUID = 1L;

        private NotBoundException(String names) {
            super("RQ-503 No connection factory found under " + names
                    + ". Deploy the resource adapter, or set the JNDI name of its connection factory in"
                    + " @RedisQueueListener or @RedisQueue (connectionFactory = …) or in " + Descriptor.NAME + ".");
        }
    }

    /**
     * Returns the connection factory with the given name or, if the name is empty, the first of {@link #DEFAULTS} that
     * exists.
     *
     * @throws NotBoundException if there is no such connection factory
     * @throws RedisQueueException if the lookup fails, or finds an object of a different type
     */
    static RedisQueueConnectionFactory find(String name) {
        List<String> names = name.isEmpty() ? DEFAULTS : List.of(name);
        for (String candidate : names) {
            try {
                return requireCompatible(candidate, InitialContext.doLookup(candidate));
            } catch (NamingException e) {
                if (!isNotFound(e)) {
                    throw new RedisQueueException(
                            "RQ-504 Connection factory '" + candidate + "' cannot be looked up: " + e, e);
                }
            }
        }
        throw new NotBoundException("'" + String.join("', '", names) + "'");
    }

    /** Searches the causes as well, because some servers wrap the exception. */
    private static boolean isNotFound(@Nullable Throwable thrown) {
        return thrown != null && (thrown instanceof NameNotFoundException || isNotFound(thrown.getCause()));
    }

    private static RedisQueueConnectionFactory requireCompatible(String name, Object found) {
        if (found instanceof RedisQueueConnectionFactory factory && found instanceof ListenerActivator) {
            return factory;
        }
        throw new RedisQueueException("RQ-505 The object at '" + name + "' is of type "
                + found.getClass().getName()
                + ", which is not a connection factory of the API in this application. Remove redis-queue-api from"
                + " the application, so that it uses the API of the resource adapter.");
    }
}
