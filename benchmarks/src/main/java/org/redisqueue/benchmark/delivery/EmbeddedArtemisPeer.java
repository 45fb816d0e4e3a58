// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisqueue.benchmark.app.Work;
import org.redisqueue.benchmark.process.WildFly;

/** Artemis embedded in the server, connected without a socket. */
final class EmbeddedArtemisPeer implements Peer {

    private final WildFly server;

    EmbeddedArtemisPeer(WildFly server) {
        this.server = server;
    }

    @Override
    public String name() {
        return "artemis-in-vm";
    }

    @Override
    public boolean has(Work work) {
        return true;
    }

    @Override
    public String queue(Work work) {
        return work.queue(Work.EMBEDDED);
    }

    @Override
    public String done() {
        return Work.DONE + Work.EMBEDDED;
    }

    @Override
    public void fill(String queue, int count, int size) {
        server.get("pause", Map.of("queue", queue));
        server.get("send", Map.of("queue", queue, "count", count, "size", size));
    }

    @Override
    public void resume(String queue) {
        server.get("resume", Map.of("queue", queue));
    }

    @Override
    public void clear() {
        server.get("removeMessages", Map.of("queue", done()));
    }

    @Override
    public @Nullable Duration processorTime() {
        return null;
    }

    @Override
    public long requests() {
        return -1;
    }
}
