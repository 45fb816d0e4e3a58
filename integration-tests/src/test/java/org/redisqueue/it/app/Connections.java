// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/** Connections of the adapter, as an application looks them up. */
public final class Connections {

    private Connections() {}

    public static RedisQueueConnection open() {
        try {
            return InitialContext.<RedisQueueConnectionFactory>doLookup("java:/eis/RedisQueue")
                    .createConnection();
        } catch (NamingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends one message over a connection of its own. */
    public static String send(Queue queue, Object body) {
        try (RedisQueueConnection connection = open()) {
            return connection.send(queue.name(), body);
        }
    }
}
