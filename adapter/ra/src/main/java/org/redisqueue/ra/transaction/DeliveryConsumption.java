// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.Lease;

/** The consumption of a message that is delivered to a listener. Records the branch that the message has joined. */
public final class DeliveryConsumption implements Consumption {

    private final ResourceManager manager;
    private final Lease lease;
    private volatile @Nullable JoinedBranch joined;

    public DeliveryConsumption(ResourceManager manager, Lease lease) {
        this.manager = manager;
        this.lease = lease;
    }

    @Override
    public Lease lease() {
        return lease;
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
