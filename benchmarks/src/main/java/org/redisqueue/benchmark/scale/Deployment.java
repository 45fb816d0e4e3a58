// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.scale;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.redisqueue.benchmark.process.RedisServer;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.testing.ReplicatedRedis;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** A way to run Redis, with {@code appendfsync everysec}. */
interface Deployment extends AutoCloseable {

    String name();

    /** Sets the connection properties of an adapter. */
    void configure(RedisResourceAdapter adapter);

    /** The processor time of all masters until now. */
    Duration processorTime();

    @Override
    void close();

    /** One server. */
    static Deployment single() {
        RedisServer redis = new RedisServer();
        redis.setDurability(RedisServer.Durability.EVERYSEC);
        return new Deployment() {
            @Override
            public String name() {
                return "single";
            }

            @Override
            public void configure(RedisResourceAdapter adapter) {
                adapter.setAddresses(redis.address());
            }

            @Override
            public Duration processorTime() {
                return redis.processorTime();
            }

            @Override
            public void close() {
                redis.close();
            }
        };
    }

    /** A master with two replicas, one of which confirms each transaction. */
    static Deployment sentinel() {
        return Replicated.of("sentinel-confirmed", ReplicatedRedis.withSentinels(), 1);
    }

    /** Three masters with one replica each. */
    static Deployment cluster() {
        return Replicated.of("cluster", ReplicatedRedis.cluster(), 0);
    }

    /** Three masters with one replica each, which confirms each transaction. */
    static Deployment confirmedCluster() {
        return Replicated.of("cluster-confirmed", ReplicatedRedis.cluster(), 1);
    }

    /**
     * Servers with replicas.
     *
     * @param masters those at the beginning, as long as there is no failover
     * @param waitReplicas the number of replicas that confirm each transaction
     */
    record Replicated(String name, ReplicatedRedis redis, List<TestRedis> masters, int waitReplicas)
            implements Deployment {

        private static Replicated of(String name, ReplicatedRedis redis, int waitReplicas) {
            List<TestRedis> masters = redis.masters();
            Stream.concat(masters.stream(), redis.replicas().stream())
                    .forEach(server -> server.call("CONFIG", "SET", "auto-aof-rewrite-percentage", "0"));
            return new Replicated(name, redis, masters, waitReplicas);
        }

        @Override
        public void configure(RedisResourceAdapter adapter) {
            TestProperties properties = redis.properties();
            adapter.setAddresses(properties.getAddresses());
            adapter.setMode(properties.getMode());
            adapter.setMasterName(properties.getMasterName());
            adapter.setWaitReplicas(waitReplicas);
        }

        @Override
        public Duration processorTime() {
            if (!redis.masters().equals(masters)) {
                throw new IllegalStateException("A failover of " + name + " makes the figures useless");
            }
            return masters.stream().map(RedisServer::processorTime).reduce(Duration.ZERO, Duration::plus);
        }

        @Override
        public void close() {
            redis.close();
        }
    }
}
