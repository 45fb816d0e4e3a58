// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.util.List;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/** Connections of the adapter, looked up as in an application. */
public final class Connections {

    private static final List<String> NAMES =
            List.of("java:/eis/RedisQueue", "eis/RedisQueue", "java:app/eis/RedisQueue");

    private Connections() {}

    public static RedisQueueConnection open() {
        return factory().createConnection();
    }

    /** The JNDI names of the connection factory on the various servers. */
    private static RedisQueueConnectionFactory factory() {
        NamingException notFound = new NamingException("Nowhere of " + NAMES);
        for (String name : NAMES) {
            try {
                return InitialContext.doLookup(name);
            } catch (NamingException e) {
                notFound.addSuppressed(e);
            }
        }
        throw new IllegalStateException(notFound);
    }

    /** Sends one message over a new connection. */
    public static String send(Queue queue, Object body) {
        try (RedisQueueConnection connection = open()) {
            return connection.send(queue.name(), body);
        }
    }
}
