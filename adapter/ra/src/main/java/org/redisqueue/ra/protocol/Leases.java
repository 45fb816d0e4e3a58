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
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.redisqueue.ra.log.LogMessage;

/**
 * Keeps the leases of what this process holds from ending: each third of their time they are renewed, one call for each
 * queue.
 */
public final class Leases {

    /** How often a lease is renewed before it ends. */
    static final int RENEWALS = 3;

    private final QueueOperations operations;
    private final ScheduledExecutorService timer;
    private final long leaseMillis;
    private final Set<Lease> held = ConcurrentHashMap.newKeySet();
    private ScheduledFuture<?> renewal;

    /**
     * @param timer what is run on it does not block, but for connecting the first time
     * @param leaseMillis how long a lease is
     */
    public Leases(QueueOperations operations, ScheduledExecutorService timer, long leaseMillis) {
        this.operations = operations;
        this.timer = timer;
        this.leaseMillis = leaseMillis;
        operations.add(this);
    }

    public long leaseMillis() {
        return leaseMillis;
    }

    /** Renews these leases from now on. */
    public void hold(List<ClaimedMessage> messages) {
        for (ClaimedMessage message : messages) {
            held.add(message.lease());
        }
        schedule();
    }

    /** No longer renews this lease. */
    public void drop(Lease lease) {
        held.remove(lease);
    }

    private synchronized void schedule() {
        if (renewal == null && !held.isEmpty()) {
            long period = Math.max(1, leaseMillis / RENEWALS);
            try {
                renewal = timer.schedule(this::renew, period, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                held.clear(); // the adapter has stopped: whoever still works on these learns it when it commits
            }
        }
    }

    private void renew() {
        synchronized (this) {
            renewal = null;
        }
        Map<String, List<Lease>> queues = new HashMap<>();
        List<Lease> lost = new ArrayList<>();
        for (Lease lease : held) {
            if (lease.isLost()) {
                lost.add(lease);
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
        lost.forEach(this::stillHeld); // the last: a failure of the log must not keep leases from being renewed
    }

    /**
     * Renews the leases of a queue that may end within half of their time, as renewals have failed.
     *
     * @return empty if there are none
     */
    Optional<CompletableFuture<List<Lease>>> renewEnding(String queue) {
        long soon = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(leaseMillis) / 2;
        List<Lease> ending = held.stream()
                .filter(lease -> lease.queue().equals(queue) && !lease.isLost() && !lease.isCertainAt(soon))
                .toList();
        return ending.isEmpty() ? Optional.empty() : Optional.of(operations.renew(queue, ending, leaseMillis));
    }

    /**
     * It was lost a renewal ago. Its holder had the time to drop it, as it does when the message was completed or given
     * back at the time of that renewal.
     */
    private void stillHeld(Lease lost) {
        if (held.remove(lost)) {
            LogMessage.LEASE_LOST.log(lost.queue(), lost.id());
        }
    }
}
