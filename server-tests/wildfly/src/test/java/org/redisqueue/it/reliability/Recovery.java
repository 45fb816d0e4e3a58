// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.awaitility.Awaitility;

/**
 * Measures the time from the end of a fault until the work that was in progress at its start and its end is settled: no message
 * has the lease that it had then, and further orders are booked.
 */
final class Recovery {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration OFTEN = Duration.ofMillis(50);
    private static final String WAITING = " -";

    private final OrderSite site;
    private final Set<String> claims = new HashSet<>();
    private final Set<String> branches = new HashSet<>();
    private long booked;
    private long begin;
    private long end;

    private Recovery(OrderSite site) {
        this.site = site;
    }

    /** Records the work in progress. */
    static Recovery watch(OrderSite site) {
        Recovery recovery = new Recovery(site);
        recovery.note();
        return recovery;
    }

    /** Records that the cause has ended, so that recovery is possible. */
    void causeEnded() {
        begin = System.nanoTime();
        note(); // work that started in the meantime must also be settled
    }

    private void note() {
        site.orders().processing().keySet().stream()
                .filter(claim -> !claim.endsWith(WAITING))
                .forEach(claims::add);
        branches.addAll(inDoubt());
        booked = site.bookedMessages();
    }

    /** Waits until the recovery is complete. */
    void await() {
        Awaitility.await("all claims from before are settled")
                .atMost(PATIENCE)
                .pollInterval(OFTEN)
                .until(this::isOver);
        end = System.nanoTime();
    }

    private boolean isOver() {
        Set<String> left = new HashSet<>(site.orders().processing().keySet());
        left.retainAll(claims);
        Set<String> leftInDoubt = inDoubt();
        leftInDoubt.retainAll(branches);
        return left.isEmpty() && leftInDoubt.isEmpty() && site.bookedMessages() > booked;
    }

    /** The prepared branches in Redis and in the database. */
    private Set<String> inDoubt() {
        Set<String> found = new HashSet<>(site.orders().prepared().keySet());
        found.addAll(site.done().prepared().keySet());
        found.addAll(site.database().prepared());
        return found;
    }

    double seconds() {
        return (end - begin) / 1e9;
    }
}
