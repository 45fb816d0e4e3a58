// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.redisqueue.it.reliability.process.FaultPoint;
import org.redisqueue.it.reliability.process.Node;

/**
 * The restart of a dead server, which recovers its work.
 *
 * @param report receives the duration
 */
record Healing(OrderSite site, Node node, Report report) {

    private static final Duration HEALED = Duration.ofSeconds(30);

    /** Starts the server, and waits until nothing remains of any transaction. */
    void heal(String what, FaultPoint point, String kind) {
        long died = System.nanoTime();
        node.start();
        long started = System.nanoTime();
        await(what + " " + point + " is healed")
                .atMost(HEALED)
                .pollInterval(Duration.ofMillis(100))
                .until(site::isSettled);
        long healed = System.nanoTime();
        report.line(
                "%-8s %-26s %-12s started after %4.1f s, healed after %4.1f s",
                what, point, kind, (started - died) / 1e9, (healed - died) / 1e9);
    }
}
