// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.client.MasterWatch;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.BranchEndResult;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.QueueOperations;

/**
 * Redis as an X/Open XA resource manager: its queues, and the branches of this process by id. Each {@link RedisClient}
 * has one, so that all users of a client can share a branch.
 */
public final class ResourceManager {

    /** The product name that transaction managers and connection pools display. */
    public static final String PRODUCT = "Redis";

    public static final String PRODUCT_VERSION = "6.2 or later";

    /** The default lease, in milliseconds, for use outside of an activation. */
    public static final long DEFAULT_LEASE_MILLIS = 15_000;

    private final RedisClient client;
    private final QueueOperations operations;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<String, Branch> branches = new ConcurrentHashMap<>();
    private final Map<String, Branch> transactions = new ConcurrentHashMap<>();
    private final RecoveryGate gate;
    private final Recovery recovery;

    private ResourceManager(RedisClient client) {
        this.client = client;
        this.timer = new ScheduledThreadPoolExecutor(1, new AdapterThreadFactory("redis-queue-timer"));
        this.operations = new QueueOperations(client, timer);
        timer.setRemoveOnCancelPolicy(true);
        this.gate = RecoveryGate.of(client.name());
        Duration patience = Duration.ofMillis(client.settings().getRecoveryTimeout());
        this.recovery = new Recovery(operations, gate, client.address(), patience);
        MasterWatch.start(client, timer);
        if (client.isCluster()) {
            long scan = QueueOperations.FORWARDING_INTERVAL.toMillis();
            timer.scheduleWithFixedDelay(operations::forwardLeft, scan, scan, TimeUnit.MILLISECONDS);
        }
        timer.scheduleWithFixedDelay(LogMessage::reportSuppressed, 1, 1, TimeUnit.MINUTES);
    }

    /**
     * Returns the resource manager for these connection settings. Each call requires one call of {@link #release}. Does
     * not connect.
     */
    public static ResourceManager acquire(ConnectionProperties properties) {
        return RedisClient.acquire(properties)
                .companion(ResourceManager.class, ResourceManager::new, ResourceManager::close);
    }

    private void close() {
        operations.close();
        timer.shutdownNow();
        gate.release();
    }

    /** Releases the resource manager. When its last user does so, its connections are closed and its threads end. */
    public void release() {
        client.release();
    }

    public RedisClient client() {
        return client;
    }

    public QueueOperations operations() {
        return operations;
    }

    /** Returns the timer. Its tasks must not block. */
    public ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    /**
     * Creates a set of leases. They are renewed as long as this process holds them.
     *
     * @param leaseMillis duration of a lease, in milliseconds
     * @param lost receives each lease that a renewal found lost
     */
    public Leases leases(long leaseMillis, Consumer<Lease> lost) {
        return new Leases(operations, timer, leaseMillis, lost);
    }

    /** Creates a branch that is not part of a distributed transaction. */
    public Branch localBranch() {
        return new Branch("local", operations, DEFAULT_LEASE_MILLIS);
    }

    /**
     * Returns the branch for work under this id: a new one, or the active branch that the same global transaction has
     * begun earlier. Branches are shared because not every container joins them when it could.
     *
     * @return empty if a branch with this id exists
     */
    Optional<Branch> begin(BranchXid xid, long leaseMillis) {
        AtomicReference<Branch> begun = new AtomicReference<>();
        transactions.compute(xid.transaction(), (transaction, shared) -> {
            if (branches.containsKey(xid.text())) {
                return shared;
            }
            begun.set(shared != null && shared.isActive() ? shared : new Branch(xid.text(), operations, leaseMillis));
            branches.put(xid.text(), begun.get());
            return begun.get();
        });
        return Optional.ofNullable(begun.get());
    }

    /** Returns the branch that this process has begun under this id. */
    Optional<Branch> branch(BranchXid xid) {
        return Optional.ofNullable(branches.get(xid.text()));
    }

    /** Removes an ended branch. Its id can be used again. */
    void forgetEnded(BranchXid xid) {
        branches.remove(xid.text());
        transactions.computeIfPresent(xid.transaction(), (transaction, branch) -> branch.hasId(xid) ? null : branch);
    }

    /**
     * Returns whether messages may be claimed, which they may not while it is unknown how recovery would end the
     * branches. Does not block, except to connect for the first time.
     */
    public boolean mayDeliver() {
        return gate.mayDeliver(operations::recover);
    }

    /** Lists the branches of all processes that are prepared in Redis. */
    List<BranchXid> recover() {
        return recovery.recover();
    }

    /** Returns whether the last list included the branches of all queues. */
    boolean listsAllBranches() {
        return recovery.isComplete();
    }

    /** Commits a prepared branch that another process, or a previous run of this one, has begun. */
    BranchEndResult commitRecovered(BranchXid xid) {
        return recovery.commit(xid);
    }

    /**
     * Rolls back a branch like those of {@link #commitRecovered}. Its consumed messages are due immediately, because
     * their consumer is gone.
     *
     * @return whether this call rolled the branch back
     */
    boolean rollbackRecovered(BranchXid xid) {
        return recovery.rollback(xid) == BranchEndResult.DONE;
    }

    /**
     * Forgets a prepared branch: its messages become dead letters.
     *
     * @return false if there is no such branch
     */
    boolean forgetPrepared(BranchXid xid) {
        Optional<Branch> ours = branch(xid).filter(branch -> branch.state() == Branch.State.PREPARED);
        BranchEndResult end = ours.isPresent() ? recovery.forget(xid, ours.get().home()) : recovery.forget(xid);
        return end == BranchEndResult.DONE;
    }
}
