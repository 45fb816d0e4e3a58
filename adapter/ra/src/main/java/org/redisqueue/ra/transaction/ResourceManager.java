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
import org.redisqueue.ra.client.OwnThreads;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.BranchEnd;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.QueueOperations;

/**
 * One Redis as a resource manager of X/Open XA: its queues, and the branches of this process by their ids. There is one
 * for each {@link RedisClient}, so that all who use the same Redis can share a branch.
 */
public final class ResourceManager {

    /** What it is, as transaction managers and pools show it. */
    public static final String PRODUCT = "Redis";

    public static final String PRODUCT_VERSION = "6.2 or later";

    /** How long a message is its consumer's without a renewal, where no activation says otherwise. */
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
        this.timer = new ScheduledThreadPoolExecutor(1, new OwnThreads("redis-queue-timer"));
        this.operations = new QueueOperations(client, timer);
        timer.setRemoveOnCancelPolicy(true);
        this.gate = RecoveryGate.of(client.name());
        Duration patience = Duration.ofMillis(client.properties().getRecoveryTimeout());
        this.recovery = new Recovery(operations, gate, client.address(), patience);
        timer.scheduleWithFixedDelay(LogMessage::reportSuppressed, 1, 1, TimeUnit.MINUTES);
    }

    /** The resource manager of the Redis with these settings; each call needs one of {@link #release}. Does not connect. */
    public static ResourceManager acquire(ConnectionProperties properties) {
        return RedisClient.acquire(properties)
                .companion(ResourceManager.class, ResourceManager::new, ResourceManager::close);
    }

    private void close() {
        operations.close();
        timer.shutdownNow();
        gate.release();
    }

    /** Gives it back; with its last user its connections and threads end. */
    public void release() {
        client.release();
    }

    public RedisClient client() {
        return client;
    }

    public QueueOperations operations() {
        return operations;
    }

    /** Runs what does not block. */
    public ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    /** Leases that are renewed as long as this process holds them. */
    public Leases leases(long leaseMillis) {
        return new Leases(operations, timer, leaseMillis);
    }

    /** A branch that is not part of a distributed transaction. */
    public Branch localBranch() {
        return new Branch("local", operations, DEFAULT_LEASE_MILLIS);
    }

    /**
     * The branch to which the work under this id belongs: a new one, or the one that the same global transaction has
     * begun before, as containers do not join all that they could.
     *
     * @return empty if there is one of this id
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

    /** The branch of this id that this process has begun. */
    Optional<Branch> branch(BranchXid xid) {
        return Optional.ofNullable(branches.get(xid.text()));
    }

    /** The branch has ended; its id may come again. */
    void forgetEnded(BranchXid xid) {
        branches.remove(xid.text());
        transactions.computeIfPresent(xid.transaction(), (transaction, branch) -> branch.isOf(xid) ? null : branch);
    }

    /**
     * Whether messages may be claimed: not while it is not known what a recovery would have done. Does not block, but for
     * connecting the first time.
     */
    public boolean mayDeliver() {
        return gate.mayDeliver(operations::recover);
    }

    /** The branches that are prepared in Redis, whoever prepared them. */
    List<BranchXid> recover() {
        return recovery.recover();
    }

    /** Whether the last list had the branches of all queues. */
    boolean listsAllBranches() {
        return recovery.isComplete();
    }

    /** Commits a prepared branch that another process, or an earlier life of this one, has begun. */
    BranchEnd commitRecovered(BranchXid xid) {
        return recovery.commit(xid);
    }

    /** Rolls such a branch back; its messages are due at once, as their consumer is gone. */
    boolean rollbackRecovered(BranchXid xid) {
        return recovery.rollback(xid) == BranchEnd.DONE;
    }

    /** Gives a prepared branch up: what it held becomes dead letters; false if there is none. */
    boolean forgetPrepared(BranchXid xid) {
        Optional<Branch> ours = branch(xid).filter(branch -> branch.state() == Branch.State.PREPARED);
        BranchEnd end = ours.isPresent() ? recovery.forget(xid, ours.get().home()) : recovery.forget(xid);
        return end == BranchEnd.DONE;
    }
}
