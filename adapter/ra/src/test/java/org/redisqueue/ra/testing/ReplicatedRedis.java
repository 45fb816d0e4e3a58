// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Redis servers of which replicas take the place of masters that do not answer. */
public abstract class ReplicatedRedis implements AutoCloseable {

    /** How long a master must be silent before a replica takes its place, in milliseconds. */
    private static final String SILENCE_MILLIS = "1000";

    /** After an election without a winner, sentinels hold the next one when twice this time has passed, in milliseconds. */
    private static final String FAILOVER_MILLIS = "3000";

    private static final String[] PERSISTENCE = {
        "--appendonly", "yes", "--appendfsync", "everysec", "--repl-diskless-sync-delay", "0"
    };
    private static final Duration START = Duration.ofSeconds(60);

    final List<TestRedis> nodes = new ArrayList<>();

    private ReplicatedRedis() {}

    /** A master and two replicas, which three sentinels watch. */
    public static ReplicatedRedis withSentinels() {
        return new WithSentinels();
    }

    /** Three masters with one replica each. */
    public static ReplicatedRedis cluster() {
        return new Cluster();
    }

    /** Connection properties of a client. */
    public abstract TestProperties properties();

    /** The servers that are masters at present, and answer. */
    public List<TestRedis> masters() {
        return nodes.stream()
                .filter(node -> replication(node).startsWith("master"))
                .toList();
    }

    /** The servers that are replicas at present, and follow their masters. */
    public List<TestRedis> replicas() {
        return nodes.stream()
                .filter(node -> replication(node).startsWith("replica"))
                .toList();
    }

    /** Waits until each master has a replica that follows it, and no other server is behind. */
    public void awaitReplicas() {
        await().atMost(START)
                .until(() -> nodes.stream().map(ReplicatedRedis::replication).allMatch(role -> role.endsWith("+"))
                        && masters().size() == expectedMasters());
    }

    abstract int expectedMasters();

    /** The role, with {@code +} if it has what it needs; empty if the server does not answer or is behind. */
    private static String replication(TestRedis node) {
        try (RespConnection connection = node.connect()) { // sentinels close the connections of a new master
            String info = (String) connection.call("INFO", "replication");
            if (info.contains("role:master")) {
                return info.contains("state=online") ? "master+" : "master";
            }
            return info.contains("master_link_status:up") ? "replica+" : "";
        } catch (RuntimeException e) {
            return "";
        }
    }

    @Override
    public void close() {
        nodes.forEach(TestRedis::close);
    }

    private static final class WithSentinels extends ReplicatedRedis {

        private final List<TestRedis> sentinels;

        WithSentinels() {
            TestRedis master = TestRedis.start(PERSISTENCE);
            nodes.add(master);
            for (int i = 0; i < 2; i++) {
                TestRedis replica = TestRedis.start(PERSISTENCE);
                replica.call("REPLICAOF", master.host(), master.port());
                nodes.add(replica);
            }
            sentinels = IntStream.range(0, 3).mapToObj(i -> sentinel(master)).toList();
            for (TestRedis sentinel : sentinels) {
                await("sentinels and replicas know each other").atMost(START).until(() -> {
                    String info = (String) sentinel.call("INFO", "sentinel");
                    return info.contains("slaves=2,sentinels=3");
                });
            }
            awaitReplicas();
        }

        private static TestRedis sentinel(TestRedis master) {
            int port = TestRedis.freePort();
            return TestRedis.startSentinel(port, """
                    port %d
                    bind 127.0.0.1
                    sentinel monitor orders 127.0.0.1 %d 2
                    sentinel down-after-milliseconds orders %s
                    sentinel failover-timeout orders %s
                    """.formatted(port, master.port(), SILENCE_MILLIS, FAILOVER_MILLIS));
        }

        @Override
        public TestProperties properties() {
            TestProperties properties = TestProperties.at(
                    String.join(",", sentinels.stream().map(TestRedis::address).toList()));
            properties.setMode("sentinel");
            properties.setMasterName("orders");
            return properties;
        }

        @Override
        int expectedMasters() {
            return 1;
        }

        @Override
        public void close() {
            sentinels.forEach(TestRedis::close);
            super.close();
        }
    }

    private static final class Cluster extends ReplicatedRedis {

        private static final int MASTERS = 3;

        Cluster() {
            List<String> arguments = new ArrayList<>(List.of(PERSISTENCE));
            arguments.addAll(List.of("--cluster-node-timeout", SILENCE_MILLIS));
            for (int i = 0; i < 2 * MASTERS; i++) {
                nodes.add(TestRedis.startClusterNode(arguments.toArray(String[]::new)));
            }
            TestRedis first = nodes.get(0);
            for (int i = 0; i < MASTERS; i++) {
                nodes.get(i).call("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
                nodes.get(i).addSlots(i * TestRedis.SLOTS / MASTERS, (i + 1) * TestRedis.SLOTS / MASTERS);
            }
            nodes.forEach(node -> first.call("CLUSTER", "MEET", node.host(), node.port(), clusterPort(node)));
            nodes.forEach(node -> await().atMost(START)
                    .until(() ->
                            ((String) node.call("CLUSTER", "INFO")).contains("cluster_known_nodes:" + 2 * MASTERS)));
            for (int i = 0; i < MASTERS; i++) {
                TestRedis replica = nodes.get(MASTERS + i);
                Object master = nodes.get(i).call("CLUSTER", "MYID");
                await().atMost(START)
                        .until(() -> ((String) replica.call("CLUSTER", "NODES"))
                                .lines()
                                .anyMatch(line -> line.startsWith((String) master) && line.contains("master")));
                replica.call("CLUSTER", "REPLICATE", master);
            }
            nodes.forEach(node -> await().atMost(START)
                    .until(() -> ((String) node.call("CLUSTER", "INFO")).contains("cluster_state:ok")));
            awaitReplicas();
        }

        private static Object clusterPort(TestRedis node) {
            return ((String) node.call("CLUSTER", "NODES")).replaceFirst("(?s).*@(\\d+).*myself.*", "$1");
        }

        @Override
        public TestProperties properties() {
            TestProperties properties = TestProperties.at(
                    String.join(",", nodes.stream().map(TestRedis::address).toList()));
            properties.setMode("cluster");
            return properties;
        }

        @Override
        int expectedMasters() {
            return MASTERS;
        }
    }
}
