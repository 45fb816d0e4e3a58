// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;

/** The association of an XAResource with the branch to which work is added. */
final class Association {

    /**
     * The branch to which work is added.
     *
     * @param thread the thread that started the association
     */
    private record Started(JoinedBranch joined, Thread thread) {}

    private @Nullable DeliveryConsumption next;
    private volatile @Nullable Started started;

    /** Sets the delivery whose message the next started branch consumes; null if there is none. */
    void deliver(@Nullable DeliveryConsumption delivery) {
        next = delivery;
    }

    /** Returns the branch to which work is added; empty outside of a transaction. */
    Optional<Branch> current() {
        Started current = started;
        return current == null ? Optional.empty() : Optional.of(current.joined().branch());
    }

    /**
     * Starts the association with a branch, and adds the message of the next delivery to the branch. If the branch
     * cannot accept that message, the branch is marked for rollback.
     */
    void start(JoinedBranch joined) {
        started = new Started(joined, Thread.currentThread());
        if (next != null) {
            next.join(joined);
            try {
                next.consumeIn(joined.branch());
            } catch (RedisQueueException e) {
                joined.branch().setRollbackOnly(); // start itself succeeds
            }
            next = null;
        }
    }

    /**
     * Adds a delivery to the current branch.
     *
     * @param manager the resource manager of the XAResource
     * @throws RedisQueueException if there is no branch or the delivery belongs to a different Redis deployment
     *     (RQ-126), or if the branch cannot accept the message (RQ-110, RQ-111, RQ-124, RQ-142)
     */
    void consume(DeliveryConsumption delivery, ResourceManager manager) {
        Started current = started;
        if (current == null || !delivery.belongsTo(manager)) {
            throw new RedisQueueException("RQ-126 The delivery cannot join the transaction: "
                    + (current == null
                            ? "the connection is not part of one. Use a connection factory with XA transactions."
                            : "the connection belongs to a different Redis deployment or user. Use a connection factory of the listener's"
                                    + " resource adapter, with the same credentials."));
        }
        delivery.consumeIn(current.joined().branch());
        delivery.join(current.joined());
    }

    /**
     * Ends the association with a branch, if the current thread has started it.
     *
     * <p>When a transaction times out, a different thread ends it while the application continues. Further work of the
     * application must not take effect. The application therefore remains associated with the branch, which rejects
     * that work.
     */
    void end(BranchXid ended) {
        Started current = started;
        if (current != null && current.joined().xid().equals(ended) && current.thread() == Thread.currentThread()) {
            dissociate();
        }
    }

    /** Ends the association with any branch. */
    void dissociate() {
        started = null;
    }
}
