// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.BranchListingResult;

/**
 * Blocks deliveries after a recovery that could not list the prepared branches, if the transaction manager does not ask
 * again. Deliveries resume when the transaction manager eventually obtains the list, or when every branch that the
 * first check found prepared has ended.
 *
 * <p>All resource managers of the same Redis deployment share one gate, because connections and listeners may have
 * different settings.
 */
final class RecoveryGate {

    private static final Map<String, RecoveryGate> SHARED = new HashMap<>();
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final String redis;
    private int users;
    private volatile boolean closed;
    private @Nullable Set<String> inDoubt; // null before the first check
    private boolean checking;
    private long checkedAt;

    private RecoveryGate(String redis) {
        this.redis = redis;
    }

    /**
     * Returns the gate of a Redis deployment. Each call requires one call of {@link #release}.
     *
     * @param redis the name of the Redis deployment
     */
    static RecoveryGate of(String redis) {
        synchronized (SHARED) {
            RecoveryGate gate = SHARED.computeIfAbsent(redis, RecoveryGate::new);
            gate.users++;
            return gate;
        }
    }

    void release() {
        synchronized (SHARED) {
            if (--users == 0) {
                SHARED.remove(redis);
            }
        }
    }

    /** Blocks deliveries, because recovery has not run. */
    synchronized void close() {
        closed = true;
        inDoubt = null;
    }

    /** Allows deliveries, because recovery has run or is no longer needed. */
    synchronized void open() {
        if (closed) {
            closed = false;
            inDoubt = null;
            LogMessage.DELIVERIES_RESUMED.log(redis);
        }
    }

    /**
     * Returns whether messages may be claimed. If not, starts a check for prepared branches, at most once a second.
     * Does not block.
     *
     * @param listing lists the prepared branches
     */
    boolean mayDeliver(Supplier<CompletableFuture<BranchListingResult>> listing) {
        if (!closed) {
            return true;
        }
        synchronized (this) {
            long now = System.nanoTime();
            if (checking || checkedAt != 0 && now - checkedAt < PAUSE_NANOS) {
                return false;
            }
            checking = true;
            checkedAt = now;
        }
        try {
            listing.get().whenComplete((found, failure) -> checked(found));
        } catch (RuntimeException | Error e) {
            checked(null);
            throw e;
        }
        return false;
    }

    /** @param found null if Redis has not answered */
    private synchronized void checked(@Nullable BranchListingResult found) {
        checking = false;
        if (found == null || !closed) {
            return;
        }
        Set<String> prepared = found.homes().keySet();
        if (inDoubt == null) {
            inDoubt = new HashSet<>(prepared);
        } else {
            inDoubt.retainAll(prepared); // ignores branches that running servers have prepared since
        }
        if (inDoubt.isEmpty()) {
            open();
        }
    }
}
