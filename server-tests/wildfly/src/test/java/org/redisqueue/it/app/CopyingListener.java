// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.util.List;
import java.util.stream.Stream;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.testing.RespConnection;

/** Forwards, and has what is in Redis of its transaction copied when it is prepared and not committed. */
public class CopyingListener extends ForwardingListener {

    /** What the names of the copies begin with. */
    public static final String COPY = "copy-of:";

    @Override
    public void onMessage(RedisMessage message) {
        super.onMessage(message);
        if (!message.redelivered()) {
            OtherResource.enlist(() -> copy(message.queue()));
        }
    }

    private static void copy(String queue) {
        List<String> keys = Stream.of(queue, queue + ".done")
                .flatMap(name -> Redis.queue(name).keys().stream())
                .toList();
        try (RespConnection redis = Redis.connect()) {
            keys.forEach(key -> redis.call("COPY", key, COPY + key));
        }
    }
}
