// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.redis;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.redisqueue.launchers.process.Leftovers;

/** A cluster of three masters with one replica each. */
final class RedisCluster extends ReplicatedRedis {

    private static final int MASTERS = 3;
    private static final int NODES = 2 * MASTERS;
    private static final int SLOTS = 16_384;

    /** By then, the replica has taken the place of the master, which becomes its replica. */
    private static final Duration RESTART = Duration.ofSeconds(8);

    private final int port;

    RedisCluster(Path directory, int port, Leftovers leftovers) throws IOException, InterruptedException {
        super(directory, "redis-cluster-" + port, leftovers, RESTART, MASTERS);
        this.port = port;
        try {
            for (int i = 0; i < NODES; i++) {
                startServer(port + i, """
                        cluster-enabled yes
                        cluster-node-timeout %d
                        cluster-announce-ip 127.0.0.1
                        """.formatted(SILENCE_MILLIS));
            }
            if (!RedisCall.call(port, "CLUSTER INFO").contains("cluster_known_nodes:" + NODES)) {
                create();
            }
            await("three masters with a replica each", this::isComplete);
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
        watch();
    }

    private void create() throws IOException, InterruptedException {
        for (int i = 0; i < MASTERS; i++) {
            RedisCall.call(port + i, "CLUSTER SET-CONFIG-EPOCH " + (i + 1));
            RedisCall.call(
                    port + i, "CLUSTER ADDSLOTSRANGE " + i * SLOTS / MASTERS + " " + ((i + 1) * SLOTS / MASTERS - 1));
        }
        for (int i = 1; i < NODES; i++) {
            RedisCall.call(port, "CLUSTER MEET 127.0.0.1 " + (port + i));
        }
        await(
                "nodes that know each other",
                () -> IntStream.range(0, NODES)
                        .allMatch(i -> info(port + i, "CLUSTER INFO").contains("cluster_known_nodes:" + NODES)));
        for (int i = 0; i < MASTERS; i++) {
            int replica = port + MASTERS + i;
            var master = RedisCall.call(port + i, "CLUSTER MYID");
            await(
                    "masters that their replicas know",
                    () -> info(replica, "CLUSTER NODES").contains(master));
            RedisCall.call(replica, "CLUSTER REPLICATE " + master);
        }
    }

    @Override
    public boolean isComplete() {
        return masters().size() == MASTERS
                && IntStream.range(0, NODES)
                        .allMatch(i ->
                                info(port + i, "CLUSTER INFO").contains("cluster_state:ok") && isReplicated(port + i));
    }
}
