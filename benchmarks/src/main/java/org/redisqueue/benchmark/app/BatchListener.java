// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import java.util.List;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessage;

/** A message-driven bean on a queue in Redis that receives batches. */
public class BatchListener implements RedisBatchListener {

    @Override
    public void onMessages(List<RedisMessage> messages) {
        String queue = messages.get(0).queue();
        List<String> bodies = messages.stream().map(RedisMessage::text).toList();
        Work work = Work.of(queue);
        if (work.hasRow()) {
            Rows.insert(work, bodies);
        }
        bodies.forEach(body -> Deliveries.count(queue));
    }
}
