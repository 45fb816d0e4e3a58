// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.BranchEndResult;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.transaction.XAErrors.Call;
import org.redisqueue.ra.transaction.XAErrors.Problem;

/**
 * Redis as a participant in distributed transactions (X/Open XA, in the Java mapping of the Jakarta Transactions
 * specification, 3.4).
 *
 * <p>All XAResources of one {@link ResourceManager} represent the same resource manager: the acknowledgment of a
 * delivery and the messages that connections send in the same transaction join one branch. If the container begins a
 * second branch of the same transaction instead, its work is added to the first branch, and the second one votes
 * read-only. Every XAResource lists all prepared branches of its Redis deployment and can end each of them. The
 * container gets XAResources through {@link NamedResources}. {@link #start} and {@link #end} do not call Redis.
 *
 * <p>This class is deliberately not {@link java.io.Serializable}: otherwise, Narayana would store the object instead of
 * asking for an XAResource during recovery.
 */
public final class RedisXAResource implements XAResource {

    private final ResourceManager manager;
    private final long leaseMillis;
    private final Association association = new Association();
    private @Nullable BranchXid last; // not volatile: another thread at worst creates an equal one

    public RedisXAResource(ResourceManager manager) {
        this(manager, ResourceManager.DEFAULT_LEASE_MILLIS);
    }

    /** @param leaseMillis duration of the leases, in milliseconds */
    public RedisXAResource(ResourceManager manager, long leaseMillis) {
        this.manager = manager;
        this.leaseMillis = leaseMillis;
    }

    ResourceManager manager() {
        return manager;
    }

    /** Sets the delivery whose message the next started branch consumes; null if there is none. */
    public void deliver(@Nullable DeliveryConsumption delivery) {
        association.deliver(delivery);
    }

    /**
     * Adds a delivery to the branch with which this XAResource is associated.
     *
     * @throws RedisQueueException if there is no such branch or the delivery belongs to a different Redis deployment
     *     (RQ-126), or if the branch cannot accept the message (RQ-110, RQ-111, RQ-124, RQ-142)
     */
    public void consume(DeliveryConsumption delivery) {
        association.consume(delivery, manager);
    }

    /** Returns the branch to which work is added; empty outside of a transaction. */
    public Optional<Branch> current() {
        return association.current();
    }

    /**
     * Associates this XAResource with a branch, and adds the message of the {@linkplain #deliver next delivery} to it.
     * If the branch cannot accept that message, the branch is marked for rollback.
     *
     * @throws XAException XAER_DUPID if the branch exists, XAER_NOTA if the branch to join or resume does not,
     *     XAER_INVAL for other flags
     */
    @Override
    public void start(Xid id, int flags) throws XAException {
        BranchXid started = known(id);
        association.start(new JoinedBranch(branchToStart(started, flags), started));
    }

    /** Returns the id as stored in Redis, which it creates once for the calls of a transaction. */
    private BranchXid known(Xid id) {
        BranchXid known = last;
        if (known == null || !known.isSame(id)) {
            known = BranchXid.of(id);
            last = known;
        }
        return known;
    }

    private Branch branchToStart(BranchXid id, int flags) throws XAException {
        return switch (flags) {
            case TMNOFLAGS ->
                manager.begin(id, leaseMillis)
                        .orElseThrow(() -> XAErrors.of(
                                Call.START, Problem.DUPLICATE_BRANCH, "Branch '" + id + "' already exists."));
            case TMJOIN, TMRESUME -> manager.branch(id).orElseThrow(() -> XAErrors.unknownBranch(Call.START, id));
            default ->
                throw XAErrors.of(
                        Call.START,
                        Problem.INVALID_FLAGS,
                        "Branch '" + id + "' cannot be started with flags " + flags + ".");
        };
    }

    /** Ends the association with a branch: further work is not part of a transaction until the next start. */
    public void dissociate() {
        association.dissociate();
    }

    /**
     * Ends the association with a branch. With TMFAIL, marks the branch for rollback.
     *
     * @throws XAException XAER_NOTA if there is no such branch
     */
    @Override
    public void end(Xid id, int flags) throws XAException {
        BranchXid ended = known(id);
        association.end(ended);
        Branch found = manager.branch(ended).orElseThrow(() -> XAErrors.unknownBranch(Call.END, ended));
        if (flags == TMFAIL) {
            found.setRollbackOnly();
        }
    }

    /**
     * Prepares a branch.
     *
     * @return XA_OK, or XA_RDONLY if the branch has no work of its own
     * @throws XAException XA_RBROLLBACK or XA_RBCOMMFAIL if the branch was rolled back, XAER_RMFAIL if the outcome is
     *     unknown, XAER_NOTA if there is no such branch, XAER_PROTO if its state does not permit the call
     */
    @Override
    public int prepare(Xid id) throws XAException {
        BranchXid prepared = known(id);
        Branch found = manager.branch(prepared).orElseThrow(() -> XAErrors.unknownBranch(Call.PREPARE, prepared));
        if (!found.hasId(prepared) && found.isUndone()) {
            manager.forgetEnded(prepared);
            throw XAErrors.of(
                    Call.PREPARE,
                    Problem.ROLLED_BACK,
                    "Branch '" + prepared + "' was rolled back with the first branch of the transaction.");
        }
        if (!found.hasId(prepared) || found.isReadOnly()) {
            manager.forgetEnded(prepared);
            return XA_RDONLY;
        }
        try {
            found.prepare();
            return XA_OK;
        } catch (BranchRolledBackException e) {
            manager.forgetEnded(prepared);
            throw XAErrors.of(Call.PREPARE, e);
        } catch (RedisCallException e) {
            if (!e.outcomeUnknown()) {
                manager.forgetEnded(prepared);
            }
            throw XAErrors.of(Call.PREPARE, e);
        } catch (IllegalStateException e) {
            throw XAErrors.of(Call.PREPARE, e);
        }
    }

    /**
     * Commits a branch, in one phase or after {@link #prepare}.
     *
     * @throws XAException in one phase: XA_RBROLLBACK if the branch was rolled back, XAER_RMERR if the commit was not
     *     executed, XAER_RMFAIL if its outcome is unknown. For a prepared branch: XA_RETRY if Redis failed or has not
     *     answered in time, or if the branch may be in a queue that cannot be read, and XA_HEURRB if Redis has lost the
     *     branch since it was prepared. In either case: XAER_NOTA if there is no such branch, or if recovery or an operator
     *     rolled it back or forgot it; XAER_PROTO if its state does not permit the call
     */
    @Override
    public void commit(Xid id, boolean onePhase) throws XAException {
        BranchXid committed = known(id);
        Optional<Branch> found = manager.branch(committed);
        if (onePhase
                && found.isPresent()
                && !found.get().hasId(committed)
                && !found.get().isReadOnly()) {
            throw XAErrors.of(
                    Call.COMMIT_ONE_PHASE,
                    Problem.INVALID_STATE,
                    "Branch '" + committed + "' is committed with the first branch of the transaction.");
        }
        if (onePhase) {
            commitInOnePhase(
                    committed, found.orElseThrow(() -> XAErrors.unknownBranch(Call.COMMIT_ONE_PHASE, committed)));
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
            throw XAErrors.of(Call.COMMIT_ONE_PHASE, e);
        } catch (RedisCallException e) {
            manager.forgetEnded(id);
            throw XAErrors.of(Call.COMMIT_ONE_PHASE, e);
        } catch (IllegalStateException e) {
            throw XAErrors.of(Call.COMMIT_ONE_PHASE, e);
        }
    }

    private void commitPrepared(BranchXid id, Optional<Branch> found) throws XAException {
        try {
            BranchEndResult end = found.isPresent() ? found.get().commitPrepared() : manager.commitRecovered(id);
            if (end == BranchEndResult.LOST) { // the transaction manager calls forget
                LogMessage.BRANCH_LOST.log(id);
                throw XAErrors.of(
                        Call.COMMIT,
                        Problem.LOST,
                        "Branch '" + id + "' was prepared, but Redis has lost it. It counts as rolled back.");
            }
            if (end != BranchEndResult.DONE && end != BranchEndResult.COMMITTED) {
                manager.forgetEnded(id);
                LogMessage.BRANCH_ENDED_ELSEWHERE.log(id, end.description());
                throw XAErrors.unknownBranch(Call.COMMIT, id);
            }
        } catch (RedisCallException e) {
            LogMessage.BRANCH_IN_DOUBT.log(id, "commit", e.getMessage());
            throw XAErrors.of(Call.COMMIT, e);
        } catch (IllegalStateException e) {
            throw XAErrors.of(Call.COMMIT, e);
        }
    }

    /**
     * Rolls a branch back.
     *
     * @throws XAException XA_HEURCOM if recovery or an operator has committed the branch, XAER_RMFAIL if Redis failed
     *     or the branch may be in a queue that cannot be read, XAER_NOTA if there is no such branch
     */
    @Override
    public void rollback(Xid id) throws XAException {
        BranchXid rolledBack = known(id);
        Optional<Branch> found = manager.branch(rolledBack);
        try {
            if (found.isPresent() && !found.get().hasId(rolledBack)) {
                found.get().setRollbackOnly(); // the first id rolls the shared branch back
            } else if (found.isPresent()) {
                requireNotCommitted(rolledBack, found.get().rollback());
            } else if (!manager.rollbackRecovered(rolledBack)) {
                throw XAErrors.unknownBranch(Call.ROLLBACK, rolledBack);
            }
        } catch (RedisCallException e) {
            LogMessage.BRANCH_IN_DOUBT.log(rolledBack, "rollback", e.getMessage());
            throw XAErrors.of(Call.ROLLBACK, e);
        }
        manager.forgetEnded(rolledBack);
    }

    private void requireNotCommitted(BranchXid id, BranchEndResult end) throws XAException {
        if (end == BranchEndResult.COMMITTED || end == BranchEndResult.FORGOTTEN) {
            manager.forgetEnded(id);
            LogMessage.BRANCH_ENDED_ELSEWHERE.log(id, end.description());
        }
        if (end == BranchEndResult.COMMITTED) {
            throw XAErrors.of(
                    Call.ROLLBACK,
                    Problem.COMMITTED_ELSEWHERE,
                    "Branch '" + id + "' was committed by recovery or an operator.");
        }
    }

    /**
     * Lists all prepared branches at the start of a scan, and none afterwards.
     *
     * @throws XAException XAER_RMFAIL if Redis failed
     * @throws RecoveryAbandonedException if Redis failed and the transaction manager does not ask again
     */
    @Override
    public Xid[] recover(int flags) throws XAException {
        if ((flags & TMSTARTRSCAN) == 0) {
            return new Xid[0]; // the start of the scan has returned the whole list
        }
        try {
            return manager.recover().toArray(Xid[]::new);
        } catch (RedisCallException e) {
            throw XAErrors.of(Call.RECOVER, e);
        }
    }

    /** Returns whether the last list of {@link #recover} included the branches of all queues. */
    public boolean listsAllBranches() {
        return manager.listsAllBranches();
    }

    /**
     * Requires that the last list of {@link #recover} included the branches of all queues.
     *
     * @throws XAException XAER_RMFAIL if it did not
     */
    public void requireCompleteList() throws XAException {
        if (!listsAllBranches()) {
            throw XAErrors.of(
                    Call.RECOVER,
                    Problem.INCOMPLETE_LIST,
                    "The prepared branches of at least one queue cannot be listed.");
        }
    }

    /**
     * Forgets a branch. If it is prepared, its messages become dead letters. If {@link #commit} has reported it as rolled
     * back, nothing else happens.
     *
     * @throws XAException XAER_RMFAIL if Redis failed or the branch may be in a queue that cannot be read, XAER_NOTA if
     *     there is no such branch
     */
    @Override
    public void forget(Xid id) throws XAException {
        BranchXid forgotten = known(id);
        if (manager.branch(forgotten).filter(Branch::isUndone).isPresent()) {
            manager.forgetEnded(forgotten);
            return;
        }
        try {
            boolean done = manager.forgetPrepared(forgotten);
            manager.forgetEnded(forgotten);
            if (!done) {
                throw XAErrors.unknownBranch(Call.FORGET, forgotten);
            }
        } catch (RedisCallException e) {
            throw XAErrors.of(Call.FORGET, e);
        }
    }

    @Override
    public boolean isSameRM(XAResource other) {
        return other instanceof RedisXAResource resource && resource.manager == manager;
    }

    /** Returns 0: the transaction manager enforces its own timeout and rolls the branch back. */
    @Override
    public int getTransactionTimeout() {
        return 0;
    }

    /** Returns false: timeouts cannot be set; see {@link #getTransactionTimeout}. */
    @Override
    public boolean setTransactionTimeout(int seconds) {
        return false;
    }

    @Override
    public String toString() {
        return "RedisXAResource[" + manager.client().address() + "]";
    }
}
