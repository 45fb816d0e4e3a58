// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * How long it takes from the end of a fault until nothing waits any more for what was going on when it began: no message
 * is held by the claim that held it then, and others are booked.
 */
final class Recovery {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration OFTEN = Duration.ofMillis(50);
    private static final String WAITING = " -";

    private final OrderSite site;
    private final Set<String> claims;
    private final long booked;
    private long begin;
    private long end;

    private Recovery(OrderSite site, Set<String> claims, long booked) {
        this.site = site;
        this.claims = claims;
        this.booked = booked;
    }

    /** Notes what is going on. */
    static Recovery watch(OrderSite site) {
        Set<String> claims = site.orders().processing().keySet().stream()
                .filter(claim -> !claim.endsWith(WAITING))
                .collect(Collectors.toSet());
        return new Recovery(site, claims, site.bookedMessages());
    }

    /** From now on recovery is possible. */
    void causeEnded() {
        begin = System.nanoTime();
    }

    /** Waits until it is over. */
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
        return left.isEmpty() && site.bookedMessages() > booked;
    }

    double seconds() {
        return (end - begin) / 1e9;
    }
}
