// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.ra.protocol.Lease;

/** A message in the hands of a listener: which branch consumes it, and what becomes of that. */
public final class Delivery implements Consumption {

    private final ResourceManager manager;
    private final Lease lease;
    private volatile Branch branch;
    private volatile BranchXid xid;

    public Delivery(ResourceManager manager, Lease lease) {
        this.manager = manager;
        this.lease = lease;
    }

    @Override
    public Lease lease() {
        return lease;
    }

    /** The branch consumes it from now on, or cannot commit. */
    void joined(Branch consuming, BranchXid id) {
        branch = consuming;
        xid = id;
    }

    boolean isOf(ResourceManager other) {
        return manager == other;
    }

    /** It must not commit, whatever the container makes of it. */
    public void setRollbackOnly() {
        if (branch != null) {
            branch.setRollbackOnly();
        }
    }

    /**
     * It has ended, whatever the container made of it.
     *
     * @return in which state its branch is left; {@link Branch.State#ROLLED_BACK} if none was started
     */
    public Branch.State end() {
        if (branch == null) {
            return Branch.State.ROLLED_BACK;
        }
        Branch.State state = branch.leave();
        if (state == Branch.State.COMMITTED || state == Branch.State.ROLLED_BACK) {
            manager.forgetEnded(xid);
        }
        return state;
    }
}
