// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import java.util.Collection;
import java.util.List;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisTopicPublisher;

/**
 * A publisher that uses a new connection for each call.
 *
 * @param topic the topic that it publishes to
 */
public record FactoryPublisher(RedisQueueConnectionFactory connections, String topic) implements RedisTopicPublisher {

    @Override
    public String publish(Object body) {
        try (RedisQueueConnection connection = connections.createConnection()) {
            return connection.publish(topic, body);
        }
    }

    @Override
    public List<String> publishAll(Collection<?> bodies) {
        try (RedisQueueConnection connection = connections.createConnection()) {
            return connection.publishAll(topic, bodies);
        }
    }

    @Override
    public String toString() {
        return "RedisTopicPublisher[" + topic + "]";
    }
}
