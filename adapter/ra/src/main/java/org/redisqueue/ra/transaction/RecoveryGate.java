// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.PreparedBranches;

/**
 * Holds deliveries from one Redis after a recovery that could not list its prepared branches, where the transaction
 * manager does not ask again. They go on when it has been given the list after all, or when every branch that was
 * prepared at the first look has ended.
 *
 * <p>All resource managers of one Redis share it, as connections and listeners may have different settings.
 */
final class RecoveryGate {

    private static final Map<String, RecoveryGate> SHARED = new HashMap<>();
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final String redis;
    private int users;
    private volatile boolean held;
    private Set<String> inDoubt;
    private boolean looking;
    private long lookedAt;

    private RecoveryGate(String redis) {
        this.redis = redis;
    }

    /**
     * The gate of a Redis; each call needs one of {@link #release}.
     *
     * @param redis the name of the Redis
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

    /** Recovery has not run. */
    synchronized void hold() {
        held = true;
        inDoubt = null;
    }

    /** Recovery has run. */
    synchronized void open() {
        if (held) {
            held = false;
            inDoubt = null;
            LogMessage.DELIVERIES_RESUMED.log(redis);
        }
    }

    /**
     * Whether messages may be claimed. If not, looks for prepared branches, once a second; does not block.
     *
     * @param listing lists the prepared branches
     */
    boolean mayDeliver(Supplier<CompletableFuture<PreparedBranches>> listing) {
        if (!held) {
            return true;
        }
        synchronized (this) {
            long now = System.nanoTime();
            if (looking || lookedAt != 0 && now - lookedAt < PAUSE_NANOS) {
                return false;
            }
            looking = true;
            lookedAt = now;
        }
        try {
            listing.get().whenComplete((found, failure) -> looked(found));
        } catch (RuntimeException | Error e) {
            looked(null);
            throw e;
        }
        return false;
    }

    /** @param found null if Redis has not answered */
    private synchronized void looked(PreparedBranches found) {
        looking = false;
        if (found == null || !held) {
            return;
        }
        Set<String> prepared = found.homes().keySet();
        if (inDoubt == null) {
            inDoubt = new HashSet<>(prepared);
        } else {
            inDoubt.retainAll(prepared); // others are prepared meanwhile, by servers that work
        }
        if (inDoubt.isEmpty()) {
            open();
        }
    }
}
