// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.redisqueue.it.reliability.process.Node;

/** The faults of a site by name: of Redis, of the servers, and of the database. */
final class SiteFaults {

    /** A fault. */
    interface Fault {
        /** Causes the fault, tells the recovery when the cause has ended, and returns when the fault is over. */
        void happen(Recovery recovery);
    }

    private static final int SHORTEST_MILLIS = 1_000;
    private static final int LONGEST_MILLIS = 5_000;
    private static final Duration VERY_LONG = Duration.ofSeconds(30);

    private final OrderSite site;
    private final List<Node> nodes;
    private final long leaseMillis;
    private final Random random;
    private final Map<String, Fault> byName = new LinkedHashMap<>();

    /**
     * @param leaseMillis the lease of the servers
     * @param random determines the durations of the faults and the affected servers
     */
    SiteFaults(OrderSite site, List<Node> nodes, long leaseMillis, Random random) {
        this.site = site;
        this.nodes = nodes;
        this.leaseMillis = leaseMillis;
        this.random = random;
        for (RedisFault fault : RedisFault.values()) {
            byName.put("REDIS_" + fault, recovery -> redis(fault, length(), recovery));
        }
        byName.put("REDIS_FROZEN_LONG", recovery -> redis(RedisFault.FROZEN, VERY_LONG, recovery));
        byName.put("SERVER_KILLED", recovery -> kill(List.of(anyNode()), recovery));
        byName.put("ALL_SERVERS_KILLED", recovery -> kill(nodes, recovery));
        byName.put("SERVER_FROZEN", this::freeze);
        byName.put("DATABASE_KILLED", this::killDatabase);
    }

    /**
     * The faults with these names.
     *
     * @param names the names; empty for all faults
     */
    Map<String, Fault> named(List<String> names) {
        return byName.entrySet().stream()
                .filter(fault -> names.isEmpty() || names.contains(fault.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    }

    private void redis(RedisFault fault, Duration time, Recovery recovery) {
        fault.happen(site.redis(), site.wire(), time);
        recovery.causeEnded();
        recovery.await();
    }

    /** Kills servers and restarts them immediately. */
    private static void kill(List<Node> killed, Recovery recovery) {
        killed.forEach(Node::kill);
        recovery.causeEnded();
        killed.forEach(Node::launch);
        recovery.await();
        killed.forEach(Node::awaitStarted);
    }

    /** Freezes a server for longer than its lease. */
    private void freeze(Recovery recovery) {
        Node frozen = anyNode();
        frozen.freeze();
        RedisFault.pass(length().plusMillis(leaseMillis));
        frozen.thaw();
        recovery.causeEnded();
        recovery.await();
    }

    private void killDatabase(Recovery recovery) {
        site.database().kill();
        RedisFault.pass(length());
        site.database().restart();
        recovery.causeEnded();
        recovery.await();
    }

    private Node anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private Duration length() {
        return Duration.ofMillis(random.nextInt(SHORTEST_MILLIS, LONGEST_MILLIS + 1));
    }
}
