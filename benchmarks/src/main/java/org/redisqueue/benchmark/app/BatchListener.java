// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import jakarta.annotation.Resource;
import java.util.List;
import javax.sql.DataSource;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessage;

/** A message-driven bean on a queue in Redis that receives batches. */
public class BatchListener implements RedisBatchListener {

    @Resource(lookup = "java:jboss/datasources/Benchmark")
    private DataSource database;

    @Override
    public void onMessages(List<RedisMessage> messages) {
        String queue = messages.get(0).queue();
        List<String> bodies = messages.stream().map(RedisMessage::text).toList();
        if (Work.of(queue) == Work.ROW) {
            Rows.insert(database, bodies);
        }
        bodies.forEach(body -> Deliveries.count(queue));
    }
}
