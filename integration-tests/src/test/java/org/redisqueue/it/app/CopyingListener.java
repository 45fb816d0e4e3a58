// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.util.List;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.testing.RespConnection;

/** Forwards, and copies what is in Redis of its message when its transaction is prepared, before it commits. */
public class CopyingListener extends ForwardingListener {

    /** What the names of the copies begin with. */
    public static final String COPY = "copy:";

    @Override
    public void onMessage(RedisMessage message) {
        super.onMessage(message);
        if (!message.redelivered()) {
            Queue queue = Redis.queue(message.queue());
            Queue done = Redis.queue(message.queue() + ".done");
            OtherResource.enlist(() -> {
                try (RespConnection redis = Redis.connect()) {
                    for (String key : all(queue, done)) {
                        redis.call("COPY", key, COPY + key);
                    }
                }
            });
        }
    }

    private static List<String> all(Queue... queues) {
        return List.of(queues).stream().flatMap(queue -> queue.keys().stream()).toList();
    }
}
