// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Operations on the shared server whose requests and replies can be lost, and which retry calls immediately. */
final class FaultyOperations {

    /** How long after its transmission a call may be executed. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    static final FaultyOperations SHARED = new FaultyOperations();

    private FaultyTransport wire;
    private final QueueOperations operations;
    private final String lanes;

    private FaultyOperations() {
        RedisClient client = RedisClient.acquire(TestProperties.of(TestRedis.shared()));
        operations =
                new QueueOperations(client, hastyTimer(), PATIENCE, FaultyTransport.shownTo(shown -> wire = shown));
        TestQueue queue = TestQueue.create(TestRedis.shared(), operations);
        queue.send("m0");
        queue.everything().keySet().forEach(key -> queue.call("DEL", key));
        String lane = (String) wire.sent().get(0).keys().get(0);
        lanes = lane.substring(0, lane.lastIndexOf(':') + 1) + "*";
    }

    private static ScheduledExecutorService hastyTimer() {
        return new ScheduledThreadPoolExecutor(1, new AdapterThreadFactory("hasty-timer")) {
            @Override
            public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
                return super.schedule(command, 0, unit);
            }
        };
    }

    FaultyTransport wire() {
        return wire;
    }

    QueueOperations operations() {
        return operations;
    }

    /** The pattern of the keys of its lanes. */
    String lanes() {
        return lanes;
    }
}
