// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.redis;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.redisqueue.launchers.process.Leftovers;

/** A master with two replicas, which three sentinels watch. */
final class SentinelRedis extends ReplicatedRedis {

    private static final int SERVERS = 3;

    /** A master that returns before the failover is over could confirm what is lost later. */
    private static final Duration RESTART = Duration.ofSeconds(20);

    private final int port;

    SentinelRedis(Path directory, int port, Leftovers leftovers) throws IOException, InterruptedException {
        super(directory, "redis-sentinel-" + port, leftovers, RESTART, 1);
        this.port = port;
        try {
            for (int i = 0; i < SERVERS; i++) {
                startServer(port + i, i == 0 ? "" : "replicaof 127.0.0.1 " + port);
            }
            for (int i = 0; i < SERVERS; i++) {
                startSentinel(port + SENTINELS + i, """
                        sentinel monitor %1$s 127.0.0.1 %2$d 2
                        sentinel down-after-milliseconds %1$s %3$d
                        sentinel failover-timeout %1$s 3000
                        """.formatted(RedisAddress.MASTER_NAME, port, SILENCE_MILLIS));
            }
            await("a master with two replicas that three sentinels know", this::isComplete);
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
        watch();
    }

    @Override
    public boolean isComplete() {
        return IntStream.range(0, SERVERS).allMatch(i -> isReplicated(port + i))
                && masters().size() == 1
                && IntStream.range(0, SERVERS).allMatch(i -> {
                    var info = info(port + SENTINELS + i, "INFO sentinel");
                    return info.contains("status=ok,") && info.contains("slaves=2,sentinels=3");
                });
    }
}
