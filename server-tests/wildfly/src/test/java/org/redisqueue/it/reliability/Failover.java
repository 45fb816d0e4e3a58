// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.reliability.app.Started;
import org.redisqueue.it.reliability.process.Node;

/**
 * Measures how soon another server delivers the messages that a killed server had claimed. Prepared messages do not count,
 * because they wait for the recovery of the killed server.
 */
final class Failover {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String WAITING = "-";

    private final OrderSite site;
    private final Node survivor;
    private final long leaseMillis;
    private final long killedAt;
    private final long deadAt;

    private Failover(OrderSite site, Node survivor, long leaseMillis, long killedAt, long deadAt) {
        this.site = site;
        this.survivor = survivor;
        this.leaseMillis = leaseMillis;
        this.killedAt = killedAt;
        this.deadAt = deadAt;
    }

    /** Kills one of two servers. */
    static Failover afterKilling(OrderSite site, Node killed, Node survivor, long leaseMillis) {
        long killedAt = System.currentTimeMillis();
        killed.kill();
        return new Failover(site, survivor, leaseMillis, killedAt, System.currentTimeMillis());
    }

    /** Waits until all messages are delivered again. Returns the seconds from the kill to the start of each delivery. */
    Collection<Double> await() {
        Set<String> held = Set.copyOf(held());
        Map<String, Double> begun = new HashMap<>();
        Awaitility.await(survivor + " has started every message that the killed server held")
                .atMost(PATIENCE)
                .until(() -> {
                    begun.putAll(begunAmong(held));
                    return begun.keySet().containsAll(held);
                });
        return begun.values();
    }

    /**
     * The bodies of the messages that the dead server had claimed. The survivor renews its leases three times per lease duration.
     * Half a lease duration after the kill, any lease that has not been renewed belongs to the dead server.
     */
    private List<String> held() {
        Queue orders = site.orders();
        RedisFault.pass(Duration.ofMillis(deadAt + leaseMillis / 2 - System.currentTimeMillis()));
        List<String> ids = orders.processing().entrySet().stream()
                .filter(entry -> !entry.getKey().endsWith(" " + WAITING))
                .filter(entry -> !entry.getValue().equals("inf"))
                .filter(entry -> Double.parseDouble(entry.getValue()) <= deadAt + leaseMillis)
                .map(entry -> entry.getKey().substring(0, entry.getKey().lastIndexOf(' ')))
                .toList();
        Set<String> atWork = new HashSet<>();
        Started.read(survivor.lines(Started.FILE)).forEach(begun -> {
            if (begun.millis() < killedAt) {
                atWork.add(begun.body()); // one of the survivor, whose lease renewal is late
            }
        });
        return orders.bodiesOf(ids).stream()
                .filter(body -> !atWork.contains(body))
                .toList();
    }

    private Map<String, Double> begunAmong(Set<String> bodies) {
        Map<String, Double> begun = new HashMap<>();
        for (Started started : Started.read(survivor.lines(Started.FILE))) {
            if (bodies.contains(started.body()) && started.millis() >= killedAt) {
                begun.putIfAbsent(started.body(), (started.millis() - killedAt) / 1e3);
            }
        }
        return begun;
    }
}
