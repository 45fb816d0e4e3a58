// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.Acknowledgement;
import org.redisqueue.ra.protocol.BranchEnd;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Publication;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.protocol.Unsettled;

/**
 * What one transaction does with Redis: the messages that it consumes and those that it sends. They take effect
 * together, or not at all.
 *
 * <p>Nothing is written before it is committed or prepared. The outcome of a call is known even if its reply is lost,
 * unless Redis does not return in time; the call is then settled when the branch is asked for again.
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

    /** How long the transaction manager waits for the second phase, which it can ask for again. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String name;
    private final QueueOperations operations;
    private final long leaseMillis;
    private final List<Consumption> consumed = new ArrayList<>();
    private final List<Publication> sent = new ArrayList<>();
    private volatile State state = State.ACTIVE;
    private boolean consumerGone;
    private Unsettled<List<Lease>> preparation;
    private CompletableFuture<BranchEnd> ending;
    private Unsettled<BranchEnd> unsettled;

    /**
     * @param name the id that it has in Redis once it is prepared
     * @param leaseMillis how long a rolled back message stays its consumer's, until it says when it is due again
     */
    Branch(String name, QueueOperations operations, long leaseMillis) {
        this.name = name;
        this.operations = operations;
        this.leaseMillis = leaseMillis;
    }

    public State state() {
        return state;
    }

    boolean isActive() {
        return state == State.ACTIVE;
    }

    /** Whether it is rolled back, or cannot be committed any more. */
    boolean isUndone() {
        State current = state;
        return current == State.ROLLBACK_ONLY || current == State.ROLLED_BACK;
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

    private void acknowledge() {
        Acknowledgement reply = Replies.await(operations.acknowledge(leases(), sent));
        if (!reply.done()) {
            throw lost(reply.lost());
        }
        reply.duplicates().forEach(m -> LogMessage.DUPLICATE_SEND.log(m.queue(), m.id()));
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
        try {
            prepared(Replies.await(operations.prepare(name, home(), leases(), sent)));
        } catch (RedisCallException e) {
            if (e.outcomeUnknown()) {
                preparation = e.<List<Lease>>unsettled().orElse(null);
                state = State.PREPARE_UNKNOWN;
            } else {
                end(State.ROLLED_BACK);
            }
            throw e;
        }
    }

    private void prepared(List<Lease> lost) {
        if (!lost.isEmpty()) {
            end(State.ROLLED_BACK);
            throw lost(lost);
        }
        state = State.PREPARED;
    }

    /**
     * Commits after {@link #prepare}.
     *
     * @return DONE or COMMITTED; or how the branch was ended instead by recovery or an operator
     * @throws RedisCallException if Redis failed: it is still prepared, as far as is known, and can be committed later
     */
    synchronized BranchEnd commitPrepared() {
        requireState(State.PREPARED);
        BranchEnd outcome = end(() -> operations.commit(name, home(), false));
        boolean committed = outcome == BranchEnd.DONE || outcome == BranchEnd.COMMITTED;
        end(committed ? State.COMMITTED : State.ROLLED_BACK);
        return outcome;
    }

    /**
     * Ends a prepared branch. A call that Redis has not answered yet is sent on, and is the same one when the transaction
     * manager asks again. One whose outcome stayed unknown is settled before another one is made.
     */
    private BranchEnd end(Supplier<CompletableFuture<BranchEnd>> call) {
        if (ending != null && ending.isCompletedExceptionally()) {
            unsettled = failure(ending).<BranchEnd>unsettled().orElse(null);
            ending = null;
        }
        if (unsettled != null) {
            Optional<BranchEnd> earlier = settle(unsettled);
            unsettled = null;
            if (earlier.isPresent()) {
                return earlier.get();
            }
        }
        if (ending == null) {
            ending = call.get();
        }
        BranchEnd outcome = Replies.await(ending, PATIENCE)
                .orElseThrow(() -> RedisCallException.unanswered("end of branch " + name));
        ending = null;
        return outcome;
    }

    private static RedisCallException failure(CompletableFuture<?> failed) {
        try {
            Replies.await(failed);
            throw new IllegalStateException("The call has not failed");
        } catch (RedisCallException e) {
            return e;
        }
    }

    /** The result of a call; empty if it was not executed, or Redis has no receipt of it any longer. */
    private static <T> Optional<T> settle(Unsettled<T> call) {
        try {
            return Replies.await(call.settle());
        } catch (RedisCallException e) {
            if (e.outcomeUnknown() && !e.connectionLost()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Rolls back, prepared or not.
     *
     * @return how recovery or an operator has ended it instead; DONE or NOT_PREPARED if it is rolled back
     * @throws RedisCallException if Redis failed: if it was prepared it still is, as far as is known
     */
    public synchronized BranchEnd rollback() {
        BranchEnd outcome = BranchEnd.DONE;
        if (state == State.PREPARED || state == State.PREPARE_UNKNOWN && isPrepared()) {
            state = State.PREPARED;
            outcome = end(() -> operations.rollback(name, home(), false, consumerGone ? 0 : leaseMillis));
        }
        if (outcome == BranchEnd.COMMITTED) {
            end(State.COMMITTED);
        } else if (state != State.COMMITTED && state != State.ROLLED_BACK && state != State.COMMIT_UNKNOWN) {
            end(State.ROLLED_BACK);
        }
        return outcome;
    }

    /** Whether the branch may be prepared. If it is not, it cannot be from now on. */
    private boolean isPrepared() {
        try {
            if (preparation == null) {
                return true;
            }
            Optional<List<Lease>> lost = Replies.await(preparation.settle());
            preparation = null;
            return lost.isPresent() && QueueOperations.isPrepared(lost.get());
        } catch (RedisCallException e) {
            if (e.outcomeUnknown() && !e.connectionLost()) {
                return true; // Redis has no receipt any longer: the rollback finds out
            }
            consumed.forEach(Consumption::rolledBack); // it will not be committed, and may not be asked for again
            throw e;
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
