// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console.app;

import java.util.concurrent.locks.LockSupport;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Redis;
import org.redisqueue.ra.testing.RespConnection;

/** Forwards each body to the queue with the suffix {@code .done}, unless the body asks for something else. */
public class DrillListener implements RedisMessageListener {

    /** The beginning of a body that this listener cannot process. */
    public static final String POISON = "poison";

    /** The beginning of a body at which this listener hangs as long as {@link #HANGING} exists. */
    public static final String HANG = "hang";

    /** The key that makes this listener hang. */
    public static final String HANGING = "drills:hanging";

    /** Why a poison message fails. */
    public static final String REASON = "Article 4711 is unknown";

    private static final long PAUSE_NANOS = 50_000_000;

    @Override
    public void onMessage(RedisMessage message) {
        String body = message.text();
        if (body.startsWith(POISON)) {
            throw new IllegalArgumentException(REASON);
        } else if (body.startsWith(HANG)) {
            hang();
        }
        Connections.send(Redis.queue(message.queue() + ".done"), body);
    }

    private static void hang() {
        try (RespConnection redis = Redis.connect()) {
            while (redis.call("EXISTS", HANGING).equals(1L)) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
