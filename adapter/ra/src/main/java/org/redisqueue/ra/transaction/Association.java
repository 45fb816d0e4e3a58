// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.util.Optional;
import org.redisqueue.RedisQueueException;

/** The association of an XAResource with the branch to which work is added. */
final class Association {

    private DeliveryConsumption next;
    private volatile Branch branch;
    private volatile BranchXid xid;
    private volatile Thread working;

    /** Sets the delivery whose message the next started branch consumes; null for none. */
    void deliver(DeliveryConsumption delivery) {
        next = delivery;
    }

    /** Returns the branch to which work is added; empty outside of a transaction. */
    Optional<Branch> current() {
        return Optional.ofNullable(branch);
    }

    /**
     * Starts the association with a branch, and adds the message of the next delivery to the branch. If the branch
     * cannot accept that message, the branch is marked for rollback.
     */
    void start(Branch started, BranchXid id) {
        branch = started;
        xid = id;
        working = Thread.currentThread();
        if (next != null) {
            next.joined(started, id);
            try {
                started.consume(next);
            } catch (RedisQueueException e) {
                started.setRollbackOnly(); // start itself succeeds
            }
            next = null;
        }
    }

    /**
     * Adds a delivery to the current branch.
     *
     * @param manager the resource manager of the XAResource
     * @throws RedisQueueException if there is no branch or the delivery is of another Redis (RQ-126), or if the branch
     *     cannot accept the message (RQ-110, RQ-111, RQ-124)
     */
    void consume(DeliveryConsumption delivery, ResourceManager manager) {
        Branch current = branch;
        if (current == null || !delivery.isOf(manager)) {
            throw new RedisQueueException("RQ-126 The delivery cannot join the transaction: "
                    + (current == null
                            ? "the connection is not part of one. Use a connection factory with XA transactions."
                            : "the connection belongs to another Redis or user. Use a connection factory of the listener's"
                                    + " resource adapter, with the same credentials."));
        }
        current.consume(delivery);
        delivery.joined(current, xid);
    }

    /**
     * Ends the association with a branch, if the current thread has started it.
     *
     * <p>When a transaction times out, another thread ends it while the application continues. Further work of the
     * application must not take effect. It therefore remains associated with the branch, which rejects it.
     */
    void end(BranchXid ended) {
        if (ended.equals(xid) && (working == null || working == Thread.currentThread())) {
            dissociate();
        }
    }

    /** Ends the association, whichever branch it is with. */
    void dissociate() {
        branch = null;
        xid = null;
        working = null;
    }
}
