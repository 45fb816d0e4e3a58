// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.delivery;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.redisqueue.benchmark.Report;
import org.redisqueue.benchmark.Settings;
import org.redisqueue.benchmark.app.Work;
import org.redisqueue.benchmark.process.ArtemisServer;
import org.redisqueue.benchmark.process.PostgreSqlServer;
import org.redisqueue.benchmark.process.RedisServer;
import org.redisqueue.benchmark.process.RedisServer.Durability;
import org.redisqueue.benchmark.process.WildFly;

/** A server with listeners on the queues of all brokers. */
final class Site implements AutoCloseable {

    private final RedisServer redis = new RedisServer();
    private final ArtemisServer artemis;
    private final PostgreSqlServer database;
    private final WildFly server;
    private final List<Peer> peers;

    /**
     * Starts the server and all brokers.
     *
     * @param listeners the number of concurrent listeners for each queue
     * @param works the works with listeners
     */
    Site(Settings settings, int listeners, List<Work> works, Report report) {
        Path directory = settings.directory();
        artemis = new ArtemisServer(directory);
        database = new PostgreSqlServer(directory);
        server = new WildFly(
                directory,
                Application.of(listeners, works, directory),
                Map.of(
                        "redisqueue.addresses",
                        redis.address(),
                        "benchmark.artemis.port",
                        Integer.toString(artemis.port()),
                        "benchmark.postgresql.port",
                        Integer.toString(database.port()),
                        "benchmark.listeners",
                        Integer.toString(listeners)));
        report.note("%d listeners; Artemis journal type: %s; %s", listeners, artemis.journal(), database.description());
        peers = Stream.of(
                        new RedisPeer(redis, Durability.ALWAYS, Work.REDIS),
                        new EmbeddedArtemisPeer(server),
                        new RemoteArtemisPeer(server, artemis),
                        new RedisPeer(redis, Durability.EVERYSEC, Work.REDIS),
                        new RedisPeer(redis, Durability.EVERYSEC, Work.CDI),
                        new RedisPeer(redis, Durability.EVERYSEC, Work.BATCH),
                        new SentRedisPeer(redis, Durability.EVERYSEC, server, false),
                        new SentRedisPeer(redis, Durability.EVERYSEC, server, true),
                        new NullResourcePeer(server, listeners))
                .filter(peer -> settings.hasPeer(peer.name()))
                .toList();
    }

    List<Peer> peers() {
        return peers;
    }

    RedisServer redis() {
        return redis;
    }

    WildFly server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
        database.close();
        artemis.close();
        redis.close();
    }
}
