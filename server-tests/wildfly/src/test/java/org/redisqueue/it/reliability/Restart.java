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
record Restart(OrderSite site, Node node, Report report) {

    private static final Duration RECOVERY = Duration.ofSeconds(30);

    /** Starts the server, and waits until nothing remains of any transaction. */
    void recover(String what, FaultPoint point, String kind) {
        long died = System.nanoTime();
        node.start();
        long started = System.nanoTime();
        await(what + " " + point + " is recovered")
                .atMost(RECOVERY)
                .pollInterval(Duration.ofMillis(100))
                .until(site::isSettled);
        long recovered = System.nanoTime();
        report.line(
                "%-8s %-26s %-12s started after %4.1f s, recovered after %4.1f s",
                what, point, kind, (started - died) / 1e9, (recovered - died) / 1e9);
    }
}
