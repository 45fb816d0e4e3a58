// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.time.Duration;
import java.util.Map;
import org.redisqueue.benchmark.app.Work;
import org.redisqueue.benchmark.process.ArtemisServer;
import org.redisqueue.benchmark.process.WildFly;

/** Artemis in a separate process, connected over TCP. */
final class RemoteArtemisPeer implements Peer {

    private final WildFly server;
    private final ArtemisServer artemis;

    RemoteArtemisPeer(WildFly server, ArtemisServer artemis) {
        this.server = server;
        this.artemis = artemis;
    }

    @Override
    public String name() {
        return "artemis-tcp";
    }

    @Override
    public boolean has(Work work) {
        return true;
    }

    @Override
    public String queue(Work work) {
        return work.queue(Work.REMOTE);
    }

    @Override
    public String done() {
        return Work.DONE + Work.REMOTE;
    }

    @Override
    public void fill(String queue, int count, int size) {
        artemis.pause(queue);
        server.get("send", Map.of("queue", queue, "count", count, "size", size));
    }

    @Override
    public void resume(String queue) {
        artemis.resume(queue);
    }

    @Override
    public void clear() {
        artemis.clear(done());
    }

    @Override
    public Duration processorTime() {
        return artemis.processorTime();
    }

    @Override
    public long requests() {
        return -1;
    }
}
