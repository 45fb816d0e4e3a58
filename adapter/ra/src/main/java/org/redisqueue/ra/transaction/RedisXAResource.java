// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.BranchEnd;
import org.redisqueue.ra.protocol.RedisCallException;

/**
 * The part of a Redis in distributed transactions (X/Open XA, as the Jakarta Transactions specification, 3.4, has it
 * for Java).
 *
 * <p>All XAResources of one {@link ResourceManager} are the same resource manager: the acknowledgement of a delivery
 * and what connections send in the same transaction join one branch. Where the container begins another branch of the
 * same transaction instead, its work is part of the first all the same, and the other one votes read-only. Any of them
 * lists and ends every prepared branch of that Redis. The container gets them by {@link NamedResources}. {@link #start}
 * and {@link #end} make no call to Redis.
 *
 * <p>It is not {@link java.io.Serializable}: Narayana would store it instead of asking for it in recovery.
 */
public final class RedisXAResource implements XAResource {

    private final ResourceManager manager;
    private final long leaseMillis;
    private Delivery next;
    private volatile Branch associated;
    private volatile BranchXid associatedXid;
    private volatile Thread working;

    public RedisXAResource(ResourceManager manager) {
        this(manager, ResourceManager.DEFAULT_LEASE_MILLIS);
    }

    /** @param leaseMillis how long the leases of its deliveries are */
    public RedisXAResource(ResourceManager manager, long leaseMillis) {
        this.manager = manager;
        this.leaseMillis = leaseMillis;
    }

    ResourceManager manager() {
        return manager;
    }

    /** The next branch that is started consumes this message; null = none. */
    public void deliver(Delivery delivery) {
        next = delivery;
    }

    /**
     * The branch that work is added to consumes this message.
     *
     * @throws RedisQueueException if there is none, or it is of another Redis, or takes no more work
     */
    public void consume(Delivery delivery) {
        Branch current = associated;
        if (current == null || !delivery.isOf(manager)) {
            throw new RedisQueueException("RQ-126 The connection is "
                    + (current == null ? "not part of a transaction: is it one for XA?" : "of another Redis"));
        }
        current.consume(delivery);
        delivery.joined(current, associatedXid);
    }

    /** The branch that work is to be added to; empty outside of a transaction. */
    public Optional<Branch> current() {
        return Optional.ofNullable(associated);
    }

    @Override
    public void start(Xid id, int flags) throws XAException {
        BranchXid started = BranchXid.of(id);
        if (flags == TMNOFLAGS) {
            associated = manager.begin(started, leaseMillis)
                    .orElseThrow(() -> error(XAException.XAER_DUPID, "Branch " + started + " exists", null));
        } else if (flags == TMJOIN || flags == TMRESUME) {
            associated = manager.branch(started).orElseThrow(() -> unknown(started));
        } else {
            throw error(XAException.XAER_INVAL, "start with flags " + flags, null);
        }
        associatedXid = started;
        working = Thread.currentThread();
        if (next != null) {
            next.joined(associated, started);
            try {
                associated.consume(next);
            } catch (RedisQueueException e) {
                associated.setRollbackOnly(); // start itself does not fail
            }
            next = null;
        }
    }

    /** What is done from now on is not part of a transaction, until the next one starts. */
    public void dissociate() {
        associated = null;
        associatedXid = null;
        working = null;
    }

    @Override
    public void end(Xid id, int flags) throws XAException {
        BranchXid ended = BranchXid.of(id);
        // A transaction that times out is ended by another thread while the application goes on: what it does then must
        // not take effect, and so stays part of the branch, which refuses it.
        if (ended.equals(associatedXid) && (working == null || working == Thread.currentThread())) {
            dissociate();
        }
        Branch found = manager.branch(ended).orElseThrow(() -> unknown(ended));
        if (flags == TMFAIL) {
            found.setRollbackOnly();
        }
    }

    @Override
    public int prepare(Xid id) throws XAException {
        BranchXid prepared = BranchXid.of(id);
        Branch found = manager.branch(prepared).orElseThrow(() -> unknown(prepared));
        if (!found.isOf(prepared) && found.isUndone()) {
            manager.forgetEnded(prepared);
            throw error(XAException.XA_RBROLLBACK, "Branch " + prepared + " is rolled back with the first one", null);
        }
        if (!found.isOf(prepared) || found.isReadOnly()) {
            manager.forgetEnded(prepared);
            return XA_RDONLY;
        }
        try {
            found.prepare();
            return XA_OK;
        } catch (BranchRolledBackException e) {
            manager.forgetEnded(prepared);
            throw error(XAException.XA_RBROLLBACK, e.getMessage(), e);
        } catch (RedisCallException e) {
            if (e.outcomeUnknown()) {
                throw error(XAException.XAER_RMFAIL, e.getMessage(), e);
            }
            manager.forgetEnded(prepared);
            throw error(XAException.XA_RBCOMMFAIL, e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw error(XAException.XAER_PROTO, e.getMessage(), e);
        }
    }

    @Override
    public void commit(Xid id, boolean onePhase) throws XAException {
        BranchXid committed = BranchXid.of(id);
        Optional<Branch> found = manager.branch(committed);
        if (onePhase
                && found.isPresent()
                && !found.get().isOf(committed)
                && !found.get().isReadOnly()) {
            throw error(XAException.XAER_PROTO, "Branch " + committed + " ends with the transaction's first one", null);
        }
        if (onePhase) {
            commitInOnePhase(committed, found.orElseThrow(() -> unknown(committed)));
        } else {
            commitPrepared(committed, found);
        }
        manager.forgetEnded(committed);
    }

    private void commitInOnePhase(BranchXid id, Branch found) throws XAException {
        try {
            found.commitInOnePhase();
        } catch (BranchRolledBackException e) {
            manager.forgetEnded(id);
            throw error(XAException.XA_RBROLLBACK, e.getMessage(), e);
        } catch (RedisCallException e) {
            manager.forgetEnded(id);
            if (e.outcomeUnknown()) {
                throw error(XAException.XAER_RMFAIL, e.getMessage(), e);
            }
            throw error(XAException.XAER_RMERR, e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw error(XAException.XAER_PROTO, e.getMessage(), e);
        }
    }

    private void commitPrepared(BranchXid id, Optional<Branch> found) throws XAException {
        try {
            BranchEnd end = found.isPresent() ? found.get().commitPrepared() : manager.commitRecovered(id);
            if (end != BranchEnd.DONE && end != BranchEnd.COMMITTED) {
                manager.forgetEnded(id);
                LogMessage.BRANCH_ENDED_ELSEWHERE.log(id, end.description());
                throw unknown(id);
            }
        } catch (RedisCallException e) {
            LogMessage.BRANCH_IN_DOUBT.log(id, "commit", e.getMessage());
            throw error(XAException.XA_RETRY, e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw error(XAException.XAER_PROTO, e.getMessage(), e);
        }
    }

    @Override
    public void rollback(Xid id) throws XAException {
        BranchXid rolledBack = BranchXid.of(id);
        Optional<Branch> found = manager.branch(rolledBack);
        try {
            if (found.isPresent() && !found.get().isOf(rolledBack)) {
                found.get().setRollbackOnly(); // it is rolled back by its own id
            } else if (found.isPresent()) {
                requireNotCommitted(rolledBack, found.get().rollback());
            } else if (!manager.rollbackRecovered(rolledBack)) {
                throw unknown(rolledBack);
            }
        } catch (RedisCallException e) {
            LogMessage.BRANCH_IN_DOUBT.log(rolledBack, "rollback", e.getMessage());
            throw error(XAException.XAER_RMFAIL, e.getMessage(), e);
        }
        manager.forgetEnded(rolledBack);
    }

    private void requireNotCommitted(BranchXid id, BranchEnd end) throws XAException {
        if (end == BranchEnd.COMMITTED || end == BranchEnd.FORGOTTEN) {
            manager.forgetEnded(id);
            LogMessage.BRANCH_ENDED_ELSEWHERE.log(id, end.description());
        }
        if (end == BranchEnd.COMMITTED) {
            throw error(XAException.XA_HEURCOM, "Branch " + id + " was committed by recovery or an operator", null);
        }
    }

    @Override
    public Xid[] recover(int flags) throws XAException {
        if ((flags & TMSTARTRSCAN) == 0) {
            return new Xid[0]; // the whole list was the answer to the start of the scan
        }
        try {
            return manager.recover().toArray(Xid[]::new);
        } catch (RedisCallException e) {
            throw error(XAException.XAER_RMFAIL, e.getMessage(), e);
        }
    }

    /** Whether the last list of {@link #recover} had the branches of all queues. */
    public boolean listsAllBranches() {
        return manager.listsAllBranches();
    }

    @Override
    public void forget(Xid id) throws XAException {
        BranchXid forgotten = BranchXid.of(id);
        try {
            boolean done = manager.forgetPrepared(forgotten);
            manager.forgetEnded(forgotten);
            if (!done) {
                throw unknown(forgotten);
            }
        } catch (RedisCallException e) {
            throw error(XAException.XAER_RMFAIL, e.getMessage(), e);
        }
    }

    @Override
    public boolean isSameRM(XAResource other) {
        return other instanceof RedisXAResource resource && resource.manager == manager;
    }

    /** Always 0: the transaction manager's own timeout rolls the branch back. */
    @Override
    public int getTransactionTimeout() {
        return 0;
    }

    /** Always false, as {@link #getTransactionTimeout}. */
    @Override
    public boolean setTransactionTimeout(int seconds) {
        return false;
    }

    @Override
    public String toString() {
        return "RedisXAResource[" + manager.client().address() + "]";
    }

    private static XAException unknown(BranchXid id) {
        return error(XAException.XAER_NOTA, "Branch " + id + " is not known", null);
    }

    private static XAException error(int code, String message, Throwable cause) {
        XAException e = new XAException(message);
        e.errorCode = code;
        e.initCause(cause);
        return e;
    }
}
