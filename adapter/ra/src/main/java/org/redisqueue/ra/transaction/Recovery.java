// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.redisqueue.ra.client.Replies;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.BranchEndResult;
import org.redisqueue.ra.protocol.BranchListingResult;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedisCallException;

/**
 * Recovers the prepared branches in Redis on behalf of the transaction manager.
 *
 * <p>It lists the branches of all processes, and commits, rolls back or forgets each as the transaction manager
 * decides. If the transaction manager asks only once, it waits for Redis. It also drops unused queues from the set of
 * queues, so that a list remains short.
 */
final class Recovery {

    /** How long a list is valid evidence that a branch to roll back or forget is not prepared. */
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long MAX_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    /** How long every pass must find a queue empty before its name is dropped. */
    private static final Duration UNUSED_PERIOD = Duration.ofDays(1);

    private static final int MAX_DROPPED = 500;

    private interface EndCall {
        CompletableFuture<BranchEndResult> apply(String home);
    }

    private final QueueOperations operations;
    private final RecoveryGate gate;
    private final String redis;
    private final Duration patience;
    private final Duration unusedFor;
    private final RecoveryReports reports = new RecoveryReports();
    private final Map<String, Long> unusedSince = new HashMap<>();
    private BranchListingResult known = BranchListingResult.NONE;
    private long listedAt;
    private volatile boolean complete = true;

    /**
     * @param redis the address of Redis, for messages
     * @param patience how long recovery waits for Redis if the transaction manager asks only once
     */
    Recovery(QueueOperations operations, RecoveryGate gate, String redis, Duration patience) {
        this(operations, gate, redis, patience, UNUSED_PERIOD);
    }

    Recovery(QueueOperations operations, RecoveryGate gate, String redis, Duration patience, Duration unusedFor) {
        this.operations = operations;
        this.gate = gate;
        this.redis = redis;
        this.patience = patience;
        this.unusedFor = unusedFor;
    }

    /**
     * Lists the prepared branches for the transaction manager.
     *
     * @throws RedisCallException if Redis fails to list the branches
     * @throws RecoveryAbandonedException if Redis fails to list the branches and the transaction manager does not ask
     *     again
     */
    List<BranchXid> recover() {
        RecoveryRequest request = RecoveryRequest.current();
        BranchListingResult found;
        try {
            found = list();
        } catch (RedisCallException e) {
            if (request != RecoveryRequest.ONLY_ONE || patience.isZero()) {
                throw e;
            }
            found = listPatiently(e);
        }
        if (request != RecoveryRequest.CLEANUP) {
            gate.open();
        }
        return found.homes().keySet().stream()
                .map(BranchXid::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns whether the last list included the branches of all queues. */
    boolean isComplete() {
        return complete;
    }

    private BranchListingResult listPatiently(RedisCallException first) {
        LogMessage.RECOVERY_WAITS.log(redis, patience.toMillis(), first.getMessage());
        long end = System.nanoTime() + patience.toNanos();
        RedisCallException last = first;
        for (long left = patience.toNanos(); left > 0 && !operations.isClosed(); left = end - System.nanoTime()) {
            pause(Math.min(left, MAX_PAUSE_NANOS));
            try {
                return list();
            } catch (RedisCallException e) {
                last = e;
            }
        }
        gate.close();
        LogMessage.RECOVERY_ABANDONED.log(redis, patience.toMillis(), last.getMessage());
        throw new RecoveryAbandonedException(
                "RQ-411 Recovery was abandoned because Redis at " + redis
                        + " did not list the prepared branches: "
                        + last.getMessage(),
                last);
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        boolean interrupted = Thread.interrupted();
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Commits a prepared branch that another process, or a previous run of this one, has begun.
     *
     * @throws RedisCallException if Redis failed, or if the branch may be prepared in a queue that cannot be read
     */
    BranchEndResult commit(BranchXid xid) {
        // A transaction manager that is wrongly told that a branch does not exist assumes that it has committed.
        return end(xid, 0, home -> operations.commit(xid.text(), home, true));
    }

    /**
     * Rolls back a branch like those of {@link #commit}, and makes its consumed messages due immediately.
     *
     * @throws RedisCallException as for {@link #commit}
     */
    BranchEndResult rollback(BranchXid xid) {
        return end(xid, FRESH_NANOS, home -> operations.rollback(xid.text(), home, true, 0));
    }

    /**
     * Forgets a branch like those of {@link #commit}: its messages become dead letters.
     *
     * @throws RedisCallException as for {@link #commit}
     */
    BranchEndResult forget(BranchXid xid) {
        return end(xid, FRESH_NANOS, home -> forgetting(xid, home));
    }

    /** Forgets a branch whose record is in this queue. */
    BranchEndResult forget(BranchXid xid, String home) {
        return endIn(home, xid, queue -> forgetting(xid, queue));
    }

    private CompletableFuture<BranchEndResult> forgetting(BranchXid xid, String home) {
        return operations
                .forget(xid.text(), home)
                .thenApply(done -> done ? BranchEndResult.DONE : BranchEndResult.NOT_PREPARED);
    }

    private BranchEndResult end(BranchXid xid, long freshNanos, EndCall ending) {
        BranchEndResult end = BranchEndResult.NOT_PREPARED;
        for (String home : homes(xid, freshNanos)) {
            BranchEndResult here = endIn(home, xid, ending);
            if (end != BranchEndResult.DONE && here != BranchEndResult.NOT_PREPARED) {
                end = here;
            }
        }
        return end;
    }

    private BranchEndResult endIn(String home, BranchXid xid, EndCall ending) {
        try {
            return Replies.await(ending.apply(home));
        } catch (RedisCallException e) {
            reports.failed(xid, e);
            throw e;
        }
    }

    /**
     * Returns the queues that hold the record of a branch.
     *
     * @param freshNanos maximum age, in nanoseconds, of a list that may show that the branch is not prepared; with a
     *     value above 0, many unknown branches share a list
     * @throws RedisCallException if the branch is not listed and may be prepared in a queue that cannot be read
     */
    private synchronized Set<String> homes(BranchXid xid, long freshNanos) {
        Set<String> homes = known.homes().get(xid.text());
        if (homes == null && (listedAt == 0 || System.nanoTime() - listedAt > freshNanos)) {
            homes = list().homes().get(xid.text());
        }
        if (homes != null) {
            return homes;
        }
        Optional<RedisCallException> unreadable =
                known.unreadable().values().stream().findFirst();
        if (unreadable.isPresent()) {
            throw unreadable.get();
        }
        return Set.of();
    }

    private synchronized BranchListingResult list() {
        long now = System.nanoTime();
        known = Replies.await(operations.recover());
        listedAt = now;
        complete = known.isComplete();
        reports.listed(known);
        dropUnused(now);
        return known;
    }

    /**
     * Drops unused queues from the set of queues, which would otherwise grow indefinitely. Recovery reads every queue
     * in the set.
     */
    private void dropUnused(long now) {
        Set<String> used = operations.registered();
        unusedSince.keySet().retainAll(known.unused());
        known.unused().forEach(queue -> unusedSince.putIfAbsent(queue, now));
        List<String> drop = unusedSince.entrySet().stream()
                .filter(entry -> now - entry.getValue() >= unusedFor.toNanos() && !used.contains(entry.getKey()))
                .map(Map.Entry::getKey)
                .limit(MAX_DROPPED)
                .toList();
        try {
            if (!drop.isEmpty()) {
                Replies.await(operations.unregister(drop));
                drop.forEach(unusedSince::remove);
            }
            for (String queue : used) {
                if (!known.queues().contains(queue)) {
                    Replies.await(operations.register(queue)); // a different process dropped it as unused
                }
            }
        } catch (RedisCallException e) {
            return; // a later pass drops or registers them
        }
    }
}
