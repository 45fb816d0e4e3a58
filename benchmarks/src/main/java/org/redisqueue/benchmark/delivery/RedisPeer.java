// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.redisqueue.benchmark.app.Work;
import org.redisqueue.benchmark.process.RedisServer;
import org.redisqueue.benchmark.process.RedisServer.Durability;

/** Redis with the adapter. */
class RedisPeer implements Peer {

    private final String name;
    private final RedisServer redis;
    private final Durability durability;
    private final String suffix;

    /** @param suffix of the queues: {@link Work#REDIS}, {@link Work#CDI} or {@link Work#BATCH} */
    RedisPeer(RedisServer redis, Durability durability, String suffix) {
        this.name = "redis-" + durability.name().toLowerCase(Locale.ROOT) + (suffix.equals(Work.REDIS) ? "" : suffix);
        this.redis = redis;
        this.durability = durability;
        this.suffix = suffix;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean has(Work work) {
        return switch (suffix) {
            case Work.CDI -> work == Work.NOTHING;
            case Work.BATCH -> work == Work.NOTHING || work.hasRow();
            default -> true;
        };
    }

    @Override
    public String queue(Work work) {
        return work.queue(suffix);
    }

    @Override
    public @Nullable String done() {
        return suffix.equals(Work.REDIS) ? Work.DONE + Work.REDIS : null;
    }

    @Override
    public void prepare() {
        redis.setDurability(durability);
    }

    @Override
    public void fill(String queue, int count, int size) {
        fill(queue, () -> redis.fill(queue, count, size));
    }

    /** Fills a queue in this way while it is paused. */
    final void fill(String queue, Runnable filling) {
        redis.setDurability(Durability.EVERYSEC);
        redis.pause(queue);
        filling.run();
        prepare();
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
