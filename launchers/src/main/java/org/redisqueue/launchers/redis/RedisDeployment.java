// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.redis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.redisqueue.launchers.process.Leftovers;

/** The processes of a Redis that is started for an application server. */
public interface RedisDeployment extends AutoCloseable {

    /** The kinds of deployments. */
    enum Kind {
        /** One process. */
        SINGLE(1),
        /** A master with two replicas, and three sentinels. */
        SENTINEL(3),
        /** A cluster of three masters with one replica each. */
        CLUSTER(6);

        private final int servers;

        Kind(int servers) {
            this.servers = servers;
        }

        /**
         * Returns the ports that a deployment needs.
         *
         * @param port the port of the first server
         */
        public List<Integer> ports(int port) {
            return switch (this) {
                case SINGLE -> List.of(port);
                case SENTINEL ->
                    IntStream.concat(
                                    IntStream.range(port, port + servers),
                                    IntStream.range(port, port + servers).map(server -> server + SENTINELS))
                            .boxed()
                            .toList();
                case CLUSTER ->
                    IntStream.concat(
                                    IntStream.range(port, port + servers),
                                    IntStream.range(port, port + servers).map(server -> server + BUSES))
                            .boxed()
                            .toList();
            };
        }

        /** Returns the highest port of a first server. */
        public int lastPort() {
            return switch (this) {
                case SINGLE -> MAX_PORT;
                case SENTINEL -> MAX_PORT - SENTINELS - servers + 1;
                case CLUSTER -> MAX_PORT - BUSES - servers + 1;
            };
        }

        /**
         * Returns how the adapter connects to a deployment.
         *
         * @param port the port of the first server
         */
        public RedisAddress address(int port) {
            return switch (this) {
                case SINGLE -> new RedisAddress(urls(port), "single", 0);
                case SENTINEL -> new RedisAddress(urls(port + SENTINELS), "sentinel", 1);
                case CLUSTER -> new RedisAddress(urls(port), "cluster", 1);
            };
        }

        private String urls(int first) {
            return IntStream.range(first, first + servers)
                    .mapToObj(port -> "redis://127.0.0.1:" + port)
                    .collect(Collectors.joining(","));
        }

        /**
         * Starts a deployment, and returns when it answers.
         *
         * @param directory where its data survive a restart
         * @param port the port of the first server
         */
        public RedisDeployment start(Path directory, int port, Leftovers leftovers)
                throws IOException, InterruptedException {
            return switch (this) {
                case SINGLE -> new SingleRedis(directory, port, leftovers);
                case SENTINEL -> new SentinelRedis(directory, port, leftovers);
                case CLUSTER -> new RedisCluster(directory, port, leftovers);
            };
        }
    }

    /** How much higher the port of a sentinel is than that of a server. */
    int SENTINELS = 20_000;

    /** How much higher the port of a server's cluster bus is than its own. */
    int BUSES = 10_000;

    int MAX_PORT = 65_535;

    /** The process ids of the masters. */
    List<Long> masters();

    /** Whether there are as many masters as at first, with replicas that follow them, and no process is missing. */
    boolean isComplete();

    /** Completes with an explanation when Redis has ended for good. */
    CompletableFuture<String> ended();

    @Override
    void close() throws IOException;
}
