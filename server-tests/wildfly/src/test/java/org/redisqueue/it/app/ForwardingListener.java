// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.annotation.Resource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/**
 * Forwards each body to the queue with the suffix {@code .done}, in the transaction of the delivery. Each message in that queue
 * therefore proves one committed delivery. A body that starts with {@code hold} waits until the test releases it.
 */
public class ForwardingListener implements RedisMessageListener {

    /** Injected, so that the server undeploys the adapter after this bean. */
    @Resource(lookup = "java:/eis/RedisQueue")
    private RedisQueueConnectionFactory connections;

    @Override
    public void onMessage(RedisMessage message) {
        if (message.text().startsWith("hold")) {
            new Gate(message.queue()).pass();
        }
        try (RedisQueueConnection connection = connections.createConnection()) {
            connection.send(message.queue() + ".done", message.text());
        }
    }
}
