// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.redisqueue.ra.testing.TestRedis;

/** A Redis Cluster of two nodes, between which slots migrate key by key, as when an operator reshards it. */
final class SlotMigration implements AutoCloseable {

    private static final String TIMEOUT_MILLIS = "5000";

    /** A key whose slot stays with the second node: a master without slots becomes a replica. */
    private static final String OF_SECOND = "{second}";

    private final TestRedis first = TestRedis.startCluster();
    private final TestRedis second = TestRedis.startClusterNode();

    SlotMigration() {
        try {
            join();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void join() {
        first.call("CLUSTER", "MEET", second.host(), second.port(), clusterPort(second));
        for (TestRedis node : List.of(first, second)) {
            await().until(() -> ((String) node.call("CLUSTER", "INFO")).contains("cluster_known_nodes:2")
                    && ((String) node.call("CLUSTER", "INFO")).contains("cluster_state:ok"));
        }
        begin(OF_SECOND).end();
    }

    private static Object clusterPort(TestRedis node) {
        return ((String) node.call("CLUSTER", "NODES")).replaceFirst("(?s).*@(\\d+).*myself.*", "$1");
    }

    /** Adds a replica of the first node. */
    TestRedis addReplica() {
        TestRedis replica = TestRedis.startClusterNode();
        first.call("CLUSTER", "MEET", replica.host(), replica.port(), clusterPort(replica));
        await().until(() -> ((String) replica.call("CLUSTER", "NODES")).contains(id(first))
                && ((String) replica.call("CLUSTER", "INFO")).contains("cluster_state:ok"));
        replica.call("CLUSTER", "REPLICATE", id(first));
        await().until(() -> ((String) first.call("INFO", "replication")).contains("state=online"));
        return replica;
    }

    /** The node with whose address clients begin. */
    TestRedis first() {
        return first;
    }

    /** A slot that migrates from one node to the other. */
    final class Move {

        private final Object slot;
        private final TestRedis source;
        private final TestRedis target;

        private Move(Object slot, TestRedis source, TestRedis target) {
            this.slot = slot;
            this.source = source;
            this.target = target;
        }

        /** Moves these keys if they exist. */
        void keys(String... keys) {
            for (String key : keys) {
                assertThat(source.call("MIGRATE", target.host(), target.port(), key, "0", TIMEOUT_MILLIS))
                        .as(key)
                        .isIn("OK", "NOKEY");
            }
        }

        /** Moves some of the remaining keys, up to this number; returns whether there were any. */
        boolean some(int number) {
            List<String> keys = TestQueue.texts(source.call("CLUSTER", "GETKEYSINSLOT", slot, number));
            keys(keys.toArray(String[]::new));
            return !keys.isEmpty();
        }

        /** Moves the rest, and then the slot. */
        void end() {
            while (some(100)) {}
            target.call("CLUSTER", "SETSLOT", slot, "NODE", id(target));
            source.call("CLUSTER", "SETSLOT", slot, "NODE", id(target));
            await("the source to know the epoch of the target, which decides if both claim the slot")
                    .until(() -> epoch(source) >= epoch(target));
        }
    }

    /** Begins to migrate the slot of a key to the other node. */
    Move begin(String key) {
        Object slot = first.call("CLUSTER", "KEYSLOT", key);
        boolean isFirst = owns(first, (Long) slot);
        Move move = new Move(slot, isFirst ? first : second, isFirst ? second : first);
        move.target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", id(move.source));
        move.source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", id(move.target));
        return move;
    }

    /** The node that has the slot of a key, while it does not migrate. */
    TestRedis owner(String key) {
        return owns(first, (Long) first.call("CLUSTER", "KEYSLOT", key)) ? first : second;
    }

    private static boolean owns(TestRedis node, long slot) {
        String own = ((String) node.call("CLUSTER", "NODES"))
                .lines()
                .filter(line -> line.contains("myself"))
                .findFirst()
                .orElseThrow();
        String[] fields = own.split(" ");
        for (int i = 8; i < fields.length; i++) {
            String[] range = fields[i].split("-");
            if (!fields[i].startsWith("[")
                    && Long.parseLong(range[0]) <= slot
                    && slot <= Long.parseLong(range[range.length - 1])) {
                return true;
            }
        }
        return false;
    }

    private static long epoch(TestRedis node) {
        String info = (String) node.call("CLUSTER", "INFO");
        return Long.parseLong(info.replaceFirst("(?s).*cluster_current_epoch:(\\d+).*", "$1"));
    }

    private static String id(TestRedis node) {
        return (String) node.call("CLUSTER", "MYID");
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
