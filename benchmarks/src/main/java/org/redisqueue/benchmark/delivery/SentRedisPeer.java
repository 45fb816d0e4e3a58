// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.time.Duration;
import java.util.Map;
import org.redisqueue.benchmark.app.Work;
import org.redisqueue.benchmark.process.WildFly;

/** Redis with the adapter, which also sends the messages: all of them belong to groups, which are mixed, or none does. */
final class SentRedisPeer implements Peer {

    private static final int MESSAGES_PER_GROUP = 10;

    private final RedisPeer redis;
    private final WildFly server;
    private final boolean grouped;

    /** @param redis a peer whose queues are filled with messages that the server sends */
    SentRedisPeer(RedisPeer redis, WildFly server, boolean grouped) {
        this.redis = redis;
        this.server = server;
        this.grouped = grouped;
    }

    @Override
    public String name() {
        return redis.name() + (grouped ? "-groups" : "-sent");
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
        int groups = grouped ? Math.max(1, count / MESSAGES_PER_GROUP) : 0;
        redis.fill(
                queue,
                () -> server.get("fill", Map.of("queue", queue, "count", count, "size", size, "groups", groups)));
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
