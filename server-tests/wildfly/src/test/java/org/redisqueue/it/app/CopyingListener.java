// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.util.List;
import java.util.stream.Stream;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.testing.OtherResource;
import org.redisqueue.ra.testing.RespConnection;

/** Forwards the message, and copies the keys of its prepared transaction before the commit. */
public class CopyingListener extends ForwardingListener {

    /** Prefix of the copies. */
    public static final String COPY = "copy-of:";

    @Override
    public void onMessage(RedisMessage message) {
        super.onMessage(message);
        if (!message.redelivered()) {
            OtherResource.enlist(ServerTransactionManager.lookUp(), () -> copy(message.queue()));
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
