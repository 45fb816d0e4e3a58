// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import java.util.Collection;
import java.util.List;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueSender;

/**
 * A sender that uses a new connection for each call.
 *
 * @param queue the queue that it sends to
 */
public record FactorySender(RedisQueueConnectionFactory connections, String queue) implements RedisQueueSender {

    @Override
    public String send(Object body) {
        try (RedisQueueConnection connection = connections.createConnection()) {
            return connection.send(queue, body);
        }
    }

    @Override
    public List<String> sendAll(Collection<?> bodies) {
        try (RedisQueueConnection connection = connections.createConnection()) {
            return connection.sendAll(queue, bodies);
        }
    }

    @Override
    public boolean cancelScheduled(String id) {
        try (RedisQueueConnection connection = connections.createConnection()) {
            return connection.cancelScheduled(queue, id);
        }
    }

    @Override
    public String toString() {
        return "RedisQueueSender[" + queue + "]";
    }
}
