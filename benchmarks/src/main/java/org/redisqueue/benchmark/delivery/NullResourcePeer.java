// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisqueue.benchmark.app.Work;
import org.redisqueue.benchmark.process.WildFly;

/**
 * No broker, and no container of beans: threads with transactions of the database and a resource that does nothing. What the
 * database and the transaction manager cost with any broker.
 */
final class NullResourcePeer implements Peer {

    private final WildFly server;
    private final int threads;

    NullResourcePeer(WildFly server, int threads) {
        this.server = server;
        this.threads = threads;
    }

    @Override
    public String name() {
        return "null-resource";
    }

    @Override
    public boolean has(Work work) {
        return work.hasRow();
    }

    @Override
    public String queue(Work work) {
        return work.queue(Work.NULL);
    }

    @Override
    public void fill(String queue, int count, int size) {
        server.get("supply", Map.of("count", count, "size", size));
    }

    @Override
    public void resume(String queue) {
        server.get("consume", Map.of("queue", queue, "threads", threads));
    }

    @Override
    public void clear() {}

    @Override
    public @Nullable Duration processorTime() {
        return null;
    }

    @Override
    public long requests() {
        return -1;
    }
}
