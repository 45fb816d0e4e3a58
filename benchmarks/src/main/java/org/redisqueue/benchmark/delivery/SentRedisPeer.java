// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisqueue.benchmark.app.Work;
import org.redisqueue.benchmark.process.RedisServer;
import org.redisqueue.benchmark.process.RedisServer.Durability;
import org.redisqueue.benchmark.process.WildFly;

/** Redis with the adapter, which also sends the messages: all of them belong to groups, which are mixed, or none does. */
final class SentRedisPeer extends RedisPeer {

    private static final int MESSAGES_PER_GROUP = 10;

    private final WildFly server;
    private final boolean grouped;

    /** @param server sends the messages */
    SentRedisPeer(RedisServer redis, Durability durability, WildFly server, boolean grouped) {
        super(redis, durability, Work.REDIS);
        this.server = server;
        this.grouped = grouped;
    }

    @Override
    public String name() {
        return super.name() + (grouped ? "-groups" : "-sent");
    }

    @Override
    public boolean has(Work work) {
        return work == Work.NOTHING || work == Work.ROW;
    }

    @Override
    public @Nullable String done() {
        return null;
    }

    @Override
    public void fill(String queue, int count, int size) {
        int groups = grouped ? Math.max(1, count / MESSAGES_PER_GROUP) : 0;
        fill(queue, () -> server.get("fill", Map.of("queue", queue, "count", count, "size", size, "groups", groups)));
    }
}
