// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.time.Duration;
import java.util.Map;
import org.redisqueue.benchmark.app.Work;
import org.redisqueue.benchmark.process.WildFly;

/** Redis with the adapter. Each message belongs to a group, and the messages of all groups are mixed. */
final class GroupedRedisPeer implements Peer {

    private static final int MESSAGES_PER_GROUP = 10;

    private final RedisPeer redis;
    private final WildFly server;

    /** @param redis a peer whose queues are filled with messages in groups */
    GroupedRedisPeer(RedisPeer redis, WildFly server) {
        this.redis = redis;
        this.server = server;
    }

    @Override
    public String name() {
        return redis.name() + "-groups";
    }

    @Override
    public boolean has(Work work) {
        return redis.has(work);
    }

    @Override
    public String queue(Work work) {
        return redis.queue(work);
    }

    @Override
    public void fill(String queue, int count, int size) {
        int groups = Math.max(1, count / MESSAGES_PER_GROUP);
        redis.fill(
                queue,
                () -> server.get("group", Map.of("queue", queue, "count", count, "size", size, "groups", groups)));
    }

    @Override
    public void resume(String queue) {
        redis.resume(queue);
    }

    @Override
    public void awaitIdle(String queue) {
        redis.awaitIdle(queue);
    }

    @Override
    public void clear() {
        redis.clear();
    }

    @Override
    public Duration processorTime() {
        return redis.processorTime();
    }

    @Override
    public long requests() {
        return redis.requests();
    }
}
