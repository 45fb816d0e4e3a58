// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Renews the leases that this process holds, so that they do not end: every third of their duration, with one call for
 * each queue.
 */
public final class Leases {

    /** How many times a lease is renewed within its duration. */
    static final int RENEWALS = 3;

    private final QueueOperations operations;
    private final ScheduledExecutorService timer;
    private final long leaseMillis;
    private final Consumer<Lease> lost;
    private final Set<Lease> held = ConcurrentHashMap.newKeySet();
    private boolean scheduled;

    /**
     * @param timer runs tasks that do not block, except to connect for the first time
     * @param leaseMillis duration of a lease in milliseconds
     * @param lost receives each held lease that a renewal finds lost
     */
    public Leases(QueueOperations operations, ScheduledExecutorService timer, long leaseMillis, Consumer<Lease> lost) {
        this.operations = operations;
        this.timer = timer;
        this.leaseMillis = leaseMillis;
        this.lost = lost;
        operations.add(this);
    }

    /** The duration of a lease in milliseconds. */
    public long leaseMillis() {
        return leaseMillis;
    }

    /** Starts to renew the leases of these messages. */
    public void add(List<ClaimedMessage> messages) {
        for (ClaimedMessage message : messages) {
            held.add(message.lease());
        }
        schedule();
    }

    /** Stops renewing this lease. */
    public void drop(Lease lease) {
        held.remove(lease);
    }

    private synchronized void schedule() {
        if (!scheduled && !held.isEmpty()) {
            long period = Math.max(1, leaseMillis / RENEWALS);
            try {
                timer.schedule(this::renew, period, TimeUnit.MILLISECONDS);
                scheduled = true;
            } catch (RejectedExecutionException e) {
                held.clear(); // the adapter has stopped; a running listener finds out when it commits
            }
        }
    }

    private void renew() {
        synchronized (this) {
            scheduled = false;
        }
        Map<String, List<Lease>> queues = new HashMap<>();
        List<Lease> found = new ArrayList<>();
        for (Lease lease : held) {
            if (lease.isLost()) {
                found.add(lease);
            } else {
                queues.computeIfAbsent(lease.queue(), queue -> new ArrayList<>())
                        .add(lease);
            }
        }
        try {
            queues.forEach((queue, leases) -> operations.renew(queue, leases, leaseMillis));
        } finally {
            schedule();
        }
        found.forEach(this::reportIfHeld); // last, so that a failure to report them does not prevent renewals
    }

    /**
     * Renews the leases of a queue that may end within half of their duration because renewals have failed.
     *
     * @return the leases that are lost; empty if there was nothing to renew
     */
    Optional<CompletableFuture<List<Lease>>> renewEnding(String queue) {
        long soon = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(leaseMillis) / 2;
        List<Lease> ending = held.stream()
                .filter(lease -> lease.queue().equals(queue) && !lease.isLost() && !lease.isCertainAt(soon))
                .toList();
        return ending.isEmpty() ? Optional.empty() : Optional.of(operations.renew(queue, ending, leaseMillis));
    }

    /**
     * Reports a lease that the previous renewal found lost, if its holder has not dropped it. A holder that
     * acknowledged or released the message at the time of that renewal has had time to drop the lease.
     */
    private void reportIfHeld(Lease lease) {
        if (held.remove(lease)) {
            lost.accept(lease);
        }
    }
}
