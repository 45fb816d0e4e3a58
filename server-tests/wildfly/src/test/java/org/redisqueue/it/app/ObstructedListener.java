// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.ra.testing.OtherResource;
import org.redisqueue.ra.testing.RespConnection;

/** Accepts each message in a transaction that Redis prepares and then refuses to commit. */
public class ObstructedListener implements RedisMessageListener {

    @Override
    public void onMessage(RedisMessage message) {
        OtherResource.enlist(
                ServerTransactionManager.lookUp(),
                () -> setWrongType(Redis.queue(message.queue()).key("prepared")));
    }

    private static void setWrongType(String prepared) {
        try (RespConnection redis = Redis.connect()) {
            redis.call("SET", prepared, "not a hash");
        }
    }
}
