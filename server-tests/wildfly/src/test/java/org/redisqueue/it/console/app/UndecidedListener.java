// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console.app;

import java.util.concurrent.locks.LockSupport;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.app.ServerTransactionManager;
import org.redisqueue.ra.testing.OtherResource;

/**
 * Forwards each body to the queue with the suffix {@code .done}. The transaction of the delivery is prepared in Redis, but does not
 * end before the server ends, because the other resource manager does not answer.
 */
public class UndecidedListener implements RedisMessageListener {

    @Override
    public void onMessage(RedisMessage message) {
        Connections.send(Redis.queue(message.queue() + ".done"), message.text());
        OtherResource.enlist(ServerTransactionManager.lookUp(), () -> {
            while (true) {
                LockSupport.park();
            }
        });
    }
}
