// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.spi.ListenerActivator;

/** Finds connection factories by their names. */
final class ConnectionFactories {

    /**
     * Where one is if nobody names another: as the archive's own descriptor does it, the same without a prefix, or in
     * the application.
     */
    static final List<String> DEFAULTS = List.of("java:/eis/RedisQueue", "eis/RedisQueue", "java:app/eis/RedisQueue");

    private ConnectionFactories() {}

    /** There is no connection factory of this name, perhaps not yet. */
    static final class NotThereException extends RedisQueueException {

        private static final long serialVersionUID = 1L;

        private NotThereException(String names) {
            super("RQ-503 No connection factory " + names
                    + ": is the resource adapter deployed, and is this its name? Otherwise name it, in"
                    + " @RedisQueueListener or @RedisQueue (connectionFactory = …) or in " + Descriptor.NAME);
        }
    }

    /**
     * The connection factory of this name; one of the defaults where it is empty.
     *
     * @throws NotThereException if there is none
     * @throws RedisQueueException if there is something else, or it cannot be looked up
     */
    static RedisQueueConnectionFactory find(String name) {
        List<String> names = name.isEmpty() ? DEFAULTS : List.of(name);
        for (String candidate : names) {
            try {
                return requireOurs(candidate, InitialContext.doLookup(candidate));
            } catch (NamingException e) {
                if (!isNotFound(e)) {
                    throw new RedisQueueException("RQ-504 Cannot look up '" + candidate + "': " + e, e);
                }
            }
        }
        throw new NotThereException("'" + String.join("', '", names) + "'");
    }

    /** Some servers put another exception around it. */
    private static boolean isNotFound(Throwable thrown) {
        return thrown != null && (thrown instanceof NameNotFoundException || isNotFound(thrown.getCause()));
    }

    private static RedisQueueConnectionFactory requireOurs(String name, Object found) {
        if (found instanceof RedisQueueConnectionFactory factory && found instanceof ListenerActivator) {
            return factory;
        }
        throw new RedisQueueException(
                "RQ-505 '" + name + "' is a " + found.getClass().getName()
                        + ", which is not a connection factory of the API that this application sees: it must not have"
                        + " redis-queue-api in it, but take it from the resource adapter");
    }
}
