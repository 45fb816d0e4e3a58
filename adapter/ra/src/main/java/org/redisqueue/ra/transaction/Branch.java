// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.Acknowledgement;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Publication;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedisCallException;

/**
 * What one transaction does with Redis: the messages that it consumes and those that it sends. They take effect
 * together, or not at all.
 *
 * <p>Nothing is written before it is committed or prepared. When a reply is lost the call is made again, as the scripts
 * allow it; whatever is not known in the end is said to be unknown.
 */
public final class Branch {

    /** Where a branch is in its life. */
    public enum State {
        /** Work is being added. */
        ACTIVE,
        /** Can only be rolled back. */
        ROLLBACK_ONLY,
        /** Promised to commit or roll back whenever it is told; recorded in Redis. */
        PREPARED,
        /** Nobody knows whether it is recorded in Redis as prepared; it will not be committed. */
        PREPARE_UNKNOWN,
        /** Nobody knows whether its one phase was executed. */
        COMMIT_UNKNOWN,
        COMMITTED,
        ROLLED_BACK
    }

    /** For how long an acknowledgement of unknown outcome is asked for. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String name;
    private final QueueOperations operations;
    private final long leaseMillis;
    private final List<Consumption> consumed = new ArrayList<>();
    private final List<Publication> sent = new ArrayList<>();
    private State state = State.ACTIVE;
    private boolean consumerGone;

    /**
     * @param name the id that it has in Redis once it is prepared
     * @param leaseMillis how long a rolled back message stays its consumer's, until it says when it is due again
     */
    Branch(String name, QueueOperations operations, long leaseMillis) {
        this.name = name;
        this.operations = operations;
        this.leaseMillis = leaseMillis;
    }

    public synchronized State state() {
        return state;
    }

    synchronized boolean isActive() {
        return state == State.ACTIVE;
    }

    /** Whether it is rolled back, or cannot be committed any more. */
    synchronized boolean isUndone() {
        return state == State.ROLLBACK_ONLY || state == State.ROLLED_BACK;
    }

    /** Whether it ends with the branch of this id; with others of the same transaction it does not. */
    boolean isOf(BranchXid xid) {
        return name.equals(xid.text());
    }

    /** Has the commit complete a message. */
    public synchronized void consume(Consumption consumption) {
        requireActive();
        requireOneServer(consumption.lease().queue());
        for (Publication message : sent) {
            requireAnotherMessage(consumption.lease(), message);
        }
        consumed.add(consumption);
    }

    /** Has the commit send a message. */
    public synchronized void send(Publication message) {
        requireActive();
        requireOneServer(message.queue());
        for (Consumption consumption : consumed) {
            requireAnotherMessage(consumption.lease(), message);
        }
        sent.add(message);
    }

    /** Lets the branch only be rolled back. */
    public synchronized void setRollbackOnly() {
        if (state == State.ACTIVE) {
            state = State.ROLLBACK_ONLY;
        }
    }

    /** Whether a commit would change nothing. */
    synchronized boolean isReadOnly() {
        return state == State.ACTIVE && consumed.isEmpty() && sent.isEmpty();
    }

    /**
     * Commits in one phase.
     *
     * @throws BranchRolledBackException if it was rolled back instead
     * @throws RedisCallException if Redis failed; unless that says that the outcome is unknown, it was rolled back
     */
    public synchronized void commitInOnePhase() {
        requireNotRollbackOnly();
        requireState(State.ACTIVE);
        if (consumed.isEmpty() && sent.isEmpty()) {
            state = State.COMMITTED;
            return;
        }
        try {
            acknowledge();
            end(State.COMMITTED);
        } catch (BranchRolledBackException e) {
            end(State.ROLLED_BACK);
            throw e;
        } catch (RedisCallException e) {
            end(e.outcomeUnknown() ? State.COMMIT_UNKNOWN : State.ROLLED_BACK);
            throw e;
        }
    }

    /**
     * While nobody knows whether it was executed it is asked for again: there is no second phase that could tell later,
     * and the transaction manager would keep a transaction of unknown outcome for somebody to decide.
     */
    private void acknowledge() {
        List<Lease> leases = leases();
        Attempts attempts = new Attempts(PATIENCE);
        while (true) {
            Acknowledgement reply;
            try {
                reply = Attempts.await(operations.acknowledge(leases, sent));
            } catch (RedisCallException e) {
                // What is only sent has no lease that tells whether an earlier call was executed.
                boolean told = !leases.isEmpty() || !e.outcomeUnknown();
                attempts.failed(e, told && !operations.isClosed());
                continue;
            }
            if (reply.done()) {
                reply.duplicates().forEach(m -> LogMessage.DUPLICATE_SEND.log(m.queue(), m.id()));
                return;
            }
            // All or nothing: none was completed if one is still held, or was another's first.
            if (!attempts.mayHaveSucceeded()
                    || reply.takenOver() > 0
                    || reply.lost().size() < leases.size()) {
                throw lost(reply.lost());
            }
            // Nobody but this branch can have completed them: another one would have taken them over first.
            long now = System.nanoTime();
            if (reply.there() > 0 || !leases.stream().allMatch(l -> l.isToldAt(now))) {
                throw attempts.unknown();
            }
            return;
        }
    }

    /**
     * Prepares: from now on a commit succeeds, whatever happens.
     *
     * @throws BranchRolledBackException if it was rolled back instead
     * @throws RedisCallException if Redis failed; it will not be committed then
     */
    synchronized void prepare() {
        requireNotRollbackOnly();
        requireState(State.ACTIVE);
        Attempts attempts = new Attempts();
        while (state != State.PREPARED) {
            try {
                List<Lease> lost = Attempts.await(operations.prepare(name, home(), leases(), sent));
                if (!lost.isEmpty()) {
                    end(State.ROLLED_BACK);
                    throw lost(lost);
                }
                state = State.PREPARED;
            } catch (RedisCallException e) {
                prepareFailed(attempts, e);
            }
        }
    }

    private void prepareFailed(Attempts attempts, RedisCallException failure) {
        try {
            attempts.failed(failure, true);
        } catch (RedisCallException last) {
            if (last.outcomeUnknown()) {
                state = State.PREPARE_UNKNOWN;
            } else {
                end(State.ROLLED_BACK);
            }
            throw last;
        }
    }

    /**
     * Commits after {@link #prepare}.
     *
     * @return false if somebody else has ended the branch, nobody knows how
     * @throws RedisCallException if Redis failed: it is still prepared, as far as is known, and can be committed later
     */
    synchronized boolean commitPrepared() {
        requireState(State.PREPARED);
        Attempts attempts = new Attempts();
        boolean done = attempts.until(() -> operations.commit(name, home()));
        boolean ours = done || attempts.mayHaveSucceeded();
        end(ours ? State.COMMITTED : State.ROLLED_BACK);
        return ours;
    }

    /**
     * Rolls back, prepared or not.
     *
     * @throws RedisCallException if Redis failed: if it was prepared it still is, as far as is known
     */
    public synchronized void rollback() {
        long lease = consumerGone ? 0 : leaseMillis;
        if (state == State.PREPARED) {
            new Attempts().until(() -> operations.rollback(name, home(), lease));
        } else if (state == State.PREPARE_UNKNOWN) {
            try {
                new Attempts().until(() -> operations.rollbackUnknown(name, home(), lease));
            } catch (RedisCallException e) {
                consumed.forEach(Consumption::rolledBack); // nobody is going to commit it, nor perhaps to ask again
                throw e;
            }
        }
        if (state != State.COMMITTED && state != State.ROLLED_BACK && state != State.COMMIT_UNKNOWN) {
            end(State.ROLLED_BACK);
        }
    }

    /**
     * The consumer has done what it could and goes on; it is not going to ask again. A branch that was not ended is
     * rolled back by this, unless it is prepared.
     *
     * @return in which state it leaves the branch
     */
    public synchronized State leave() {
        if (state == State.PREPARED) {
            consumerGone = true;
        } else {
            try {
                rollback();
            } catch (RedisCallException e) {
                consumerGone = true;
                LogMessage.BRANCH_IN_DOUBT.log(name, "prepare", e.getMessage());
            }
        }
        return state;
    }

    /** The queue that its record is kept with. */
    synchronized String home() {
        return consumed.isEmpty()
                ? sent.get(0).queue()
                : consumed.get(0).lease().queue();
    }

    private void end(State outcome) {
        state = outcome;
        if (outcome == State.COMMITTED) {
            consumed.forEach(Consumption::committed);
        } else {
            consumed.forEach(Consumption::rolledBack);
        }
    }

    private List<Lease> leases() {
        return consumed.stream().map(Consumption::lease).toList();
    }

    private static BranchRolledBackException lost(List<Lease> lost) {
        return new BranchRolledBackException("RQ-108 Rolled back: another consumer took over "
                + lost.stream().map(Lease::toString).collect(Collectors.joining(", ")));
    }

    private void requireNotRollbackOnly() {
        if (state == State.ROLLBACK_ONLY) {
            end(State.ROLLED_BACK);
        }
        if (state == State.ROLLED_BACK) {
            throw new BranchRolledBackException("RQ-109 Rolled back: the transaction was marked for rollback");
        }
    }

    private void requireActive() {
        if (state != State.ACTIVE) {
            throw new RedisQueueException("RQ-110 The transaction takes no more work: it is " + state);
        }
    }

    private void requireState(State expected) {
        if (state != expected) {
            throw new IllegalStateException("The branch is " + state + ", not " + expected);
        }
    }

    /** The commit deletes what is consumed: it cannot be sent under the same id by the same commit. */
    private static void requireAnotherMessage(Lease lease, Publication message) {
        if (lease.id().equals(message.id()) && lease.queue().equals(message.queue())) {
            throw new RedisQueueException("RQ-124 Message '" + message.id() + "' of queue '" + message.queue()
                    + "' is consumed by this transaction: what it sends to the same queue needs another id");
        }
    }

    private void requireOneServer(String queue) {
        if (!(consumed.isEmpty() && sent.isEmpty()) && !operations.canShareTransaction(home(), queue)) {
            throw new RedisQueueException("RQ-111 Queues '" + home() + "' and '" + queue
                    + "' cannot be part of one transaction: in a Redis Cluster they may be on different servers");
        }
    }
}
