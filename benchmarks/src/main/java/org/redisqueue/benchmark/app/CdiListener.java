// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueListener;

/** A CDI bean on a queue in Redis, which does nothing with its messages. */
@ApplicationScoped
public class CdiListener {

    @RedisQueueListener(queue = "nothing" + Work.CDI, properties = "maxConcurrency=${benchmark.listeners}")
    public void onMessage(RedisMessage message) {
        message.text();
        Deliveries.count(message.queue());
    }
}
