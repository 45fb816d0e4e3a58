// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/** Uses a connection for each call. Looks up the connection factory on first use, and again after a failure. */
final class BorrowedConnections {

    interface Action<T> {
        T with(RedisQueueConnection connection);
    }

    private final String connectionFactory;
    private volatile @Nullable RedisQueueConnectionFactory found;

    /** @param connectionFactory the JNDI name of the connection factory; empty for the default one */
    BorrowedConnections(String connectionFactory) {
        this.connectionFactory = connectionFactory;
    }

    <T> T call(Action<T> action) {
        try (RedisQueueConnection connection = connect()) {
            return action.with(connection);
        }
    }

    private RedisQueueConnection connect() {
        RedisQueueConnectionFactory factory = found;
        if (factory != null) {
            try {
                return factory.createConnection();
            } catch (RuntimeException e) {
                found = null; // the adapter may have been redeployed
            }
        }
        factory = ConnectionFactories.find(connectionFactory);
        RedisQueueConnection connection = factory.createConnection();
        found = factory;
        return connection;
    }
}
