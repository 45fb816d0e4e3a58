// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import jakarta.annotation.Resource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/** A message-driven bean on a queue in Redis. */
public class RedisListener implements RedisMessageListener {

    @Resource(lookup = "java:/eis/RedisQueue")
    private RedisQueueConnectionFactory connections;

    @Override
    public void onMessage(RedisMessage message) {
        String body = message.text();
        Work work = Work.of(message.queue());
        switch (work) {
            case ROW, ROW_POSTGRESQL, ROW_CMR -> Rows.insert(work, body);
            case ON -> {
                try (RedisQueueConnection connection = connections.createConnection()) {
                    connection.send(Work.DONE + Work.REDIS, body);
                }
            }
            case TIME -> Deliveries.time(body);
            case NOTHING -> {}
        }
        Deliveries.count(message.queue());
    }
}
