// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.protocol.Lease;

/**
 * The consumption of a message, or of the messages of a batch, that are delivered to a listener. Records the branch that
 * they have joined.
 */
public final class DeliveryConsumption implements Consumption {

    private final ResourceManager manager;
    private final Lease lease;
    private final List<Lease> others;
    private volatile @Nullable JoinedBranch joined;

    public DeliveryConsumption(ResourceManager manager, Lease lease) {
        this.manager = manager;
        this.lease = lease;
        this.others = List.of();
    }

    /** @param leases the leases on the messages of a batch; at least one */
    public DeliveryConsumption(ResourceManager manager, List<Lease> leases) {
        this.manager = manager;
        this.lease = leases.get(0);
        this.others = leases.subList(1, leases.size());
    }

    @Override
    public Lease lease() {
        return lease;
    }

    /**
     * Adds all messages to a branch.
     *
     * @throws RedisQueueException if the branch cannot accept them (RQ-110, RQ-111, RQ-124, RQ-142)
     */
    void consumeIn(Branch branch) {
        branch.consume(this);
        try {
            for (Lease other : others) {
                branch.consume(() -> other);
            }
        } catch (RedisQueueException e) {
            branch.setRollbackOnly(); // it must not acknowledge a part of the batch
            throw e;
        }
    }

    /** Records the branch that the message joins. The branch either consumes the message or cannot commit. */
    void join(JoinedBranch consuming) {
        joined = consuming;
    }

    boolean belongsTo(ResourceManager other) {
        return manager == other;
    }

    /**
     * Marks the branch of the delivery for rollback, so that it cannot commit even if the container tries to. Has no
     * effect if no branch was started.
     */
    public void setRollbackOnly() {
        JoinedBranch current = joined;
        if (current != null) {
            current.branch().setRollbackOnly();
        }
    }

    /**
     * Ends the delivery, whether or not the container has ended its transaction. A branch that has not ended is rolled
     * back, unless it is prepared.
     *
     * @return the state in which the branch is left; {@link Branch.State#ROLLED_BACK} if no branch was started
     */
    public Branch.State end() {
        JoinedBranch current = joined;
        if (current == null) {
            return Branch.State.ROLLED_BACK;
        }
        Branch.State state = current.branch().leave();
        if (state == Branch.State.COMMITTED || state == Branch.State.ROLLED_BACK) {
            manager.forgetEnded(current.xid());
        }
        return state;
    }
}
