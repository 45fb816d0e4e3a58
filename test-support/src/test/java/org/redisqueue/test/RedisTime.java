// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.time.Duration;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisson.api.RBucket;
import org.redisson.api.RScoredSortedSet;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.KeysScanParams;
import org.redisson.client.codec.StringCodec;

/** Moves the deadlines of a queue in Redis, because a test cannot advance the clock of Redis. */
final class RedisTime {

    private RedisTime() {}

    /** Makes what is due in this time due now. */
    static void letPass(RedisQueueConnectionFactory factory, String queue, Duration time) {
        try (RedisQueueConnection connection = factory.createConnection()) {
            RedissonClient client = connection.unwrap(RedissonClient.class);
            for (String key : new String[] {"processing", "expiry", "scheduled"}) {
                RScoredSortedSet<String> entries =
                        client.getScoredSortedSet("rq:{" + queue + "}:" + key, StringCodec.INSTANCE);
                entries.entryRange(0, -1)
                        .forEach(entry -> entries.add(earlier(entry.getScore(), time), entry.getValue()));
            }
            for (String key : client.getKeys().getKeys(new KeysScanParams().pattern("rq:{" + queue + "}:dedup:*"))) {
                RBucket<String> kept = client.getBucket(key, StringCodec.INSTANCE);
                if (kept.remainTimeToLive() < 0) {
                    continue; // a reservation
                }
                long left = kept.remainTimeToLive() - time.toMillis();
                if (left <= 0) {
                    kept.delete();
                } else {
                    kept.expire(Duration.ofMillis(left));
                }
            }
        }
    }

    /** Returns an earlier deadline. Negative deadlines remain negative, and 0 remains 0: both have a meaning. */
    private static double earlier(double deadline, Duration time) {
        return Math.signum(deadline) * Math.max(Math.abs(deadline) - time.toMillis(), Math.min(1, Math.abs(deadline)));
    }
}
