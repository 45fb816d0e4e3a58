// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import jakarta.annotation.Resource;
import javax.sql.DataSource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/** A message-driven bean on a queue in Redis. */
public class RedisListener implements RedisMessageListener {

    @Resource(lookup = "java:/eis/RedisQueue")
    private RedisQueueConnectionFactory connections;

    @Resource(lookup = "java:jboss/datasources/Benchmark")
    private DataSource database;

    @Override
    public void onMessage(RedisMessage message) {
        String body = message.text();
        switch (Work.of(message.queue())) {
            case ROW -> Rows.insert(database, body);
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
