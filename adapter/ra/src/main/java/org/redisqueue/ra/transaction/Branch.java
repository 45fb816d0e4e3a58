// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.Replies;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.AcknowledgmentResult;
import org.redisqueue.ra.protocol.BranchEndResult;
import org.redisqueue.ra.protocol.KeyConflict;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.PreparationResult;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.protocol.Unsettled;

/**
 * The messages that one transaction consumes and sends. They take effect together or not at all.
 *
 * <p>Nothing is written to Redis before the branch commits or is prepared. The outcome of a call is known even if its
 * reply is lost, unless Redis stays unavailable for too long. During a two-phase commit, such a call is settled when
 * the transaction manager asks for the branch again.
 */
public final class Branch {

    /** The state of a branch. */
    public enum State {
        /** Accepts messages to consume and to send. */
        ACTIVE,
        /** Accepts no more work and can only be rolled back. */
        ROLLBACK_ONLY,
        /** Recorded in Redis. Can be committed or rolled back at any time, as the transaction manager decides. */
        PREPARED,
        /**
         * The outcome of the prepare call is unknown: Redis may hold a record of the branch. It will not be committed.
         */
        PREPARE_UNKNOWN,
        /** The outcome of the one-phase commit is unknown. */
        COMMIT_UNKNOWN,
        COMMITTED,
        ROLLED_BACK
    }

    /** Less than Redis keeps the outcome of a branch that recovery or an operator has ended. */
    private static final long OUTCOME_KEPT_NANOS = Duration.ofMinutes(55).toNanos();

    private final String name;
    private final QueueOperations operations;
    private final long leaseMillis;
    private final BranchWork work;
    private final SecondPhaseCall secondPhase;
    private volatile State state = State.ACTIVE;
    private boolean consumerGone;
    private long preparedAt;
    private @Nullable Unsettled<PreparationResult> preparation;

    /**
     * @param name the id of the branch in Redis once it is prepared
     * @param leaseMillis how long a consumed message stays with its consumer after the rollback of the prepared branch,
     *     in milliseconds, so that the consumer can schedule the redelivery
     */
    Branch(String name, QueueOperations operations, long leaseMillis) {
        this.name = name;
        this.operations = operations;
        this.leaseMillis = leaseMillis;
        this.work = new BranchWork(operations);
        this.secondPhase = new SecondPhaseCall(name);
    }

    public State state() {
        return state;
    }

    boolean isActive() {
        return state == State.ACTIVE;
    }

    /** Returns whether the branch was rolled back or can only be rolled back. */
    boolean isUndone() {
        State current = state;
        return current == State.ROLLBACK_ONLY || current == State.ROLLED_BACK;
    }

    /**
     * Returns whether the branch ends under this id. Other ids of the same global transaction can refer to the same
     * branch, but do not end it.
     */
    boolean hasId(BranchXid xid) {
        return name.equals(xid.text());
    }

    /**
     * Adds a message to acknowledge when the branch commits.
     *
     * @throws RedisQueueException if the branch accepts no more work (RQ-110), if one transaction cannot consume from
     *     its queues (RQ-111), if a message that it sends cannot roll it back (RQ-142), or if it sends a message with the
     *     same id to the same queue (RQ-124)
     */
    public synchronized void consume(Consumption consumption) {
        requireActive();
        work.consume(consumption);
    }

    /** Adds a message to send, like {@link #send(List)}. Returns the id of the message that is sent. */
    public String send(SendRequest message) {
        return send(List.of(message)).get(0);
    }

    /**
     * Adds messages to send when the branch commits: all of them, or none if it throws an exception. Of those with the
     * same deduplication key, the commit publishes one.
     *
     * @return the id of each message or, if messages have the same deduplication key, of the first of them
     * @throws RedisQueueException if the branch accepts no more work (RQ-110), if a message cannot roll it back (RQ-142),
     *     or if the branch consumes a message with the same id from the same queue (RQ-124)
     */
    public synchronized List<String> send(List<SendRequest> messages) {
        requireActive();
        return work.send(messages);
    }

    /** Marks the branch for rollback. Has no effect unless the branch is active. */
    public synchronized void setRollbackOnly() {
        if (state == State.ACTIVE) {
            state = State.ROLLBACK_ONLY;
        }
    }

    /** Returns whether the branch is active and its commit would change nothing in Redis. */
    synchronized boolean isReadOnly() {
        return state == State.ACTIVE && work.isEmpty();
    }

    /**
     * Commits the branch in one phase.
     *
     * @throws BranchRolledBackException if the branch was rolled back instead
     * @throws RedisCallException if Redis failed. The branch was rolled back, unless the exception states that the
     *     outcome is unknown
     * @throws IllegalStateException if the branch has been prepared or committed, or the outcome of an earlier call is
     *     unknown
     */
    public synchronized void commitInOnePhase() {
        requireNotRollbackOnly();
        requireState(State.ACTIVE);
        if (work.isEmpty()) {
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
        AcknowledgmentResult reply = Replies.await(operations.acknowledge(work.leases(), work.sent()));
        requireKept(reply.lost(), reply.refused());
        reply.dropped()
                .forEach(each -> LogMessage.DEDUPLICATED.log(
                        each.message().queue(), each.message().id(), each.kept().orElse("")));
        operations.deduplication().dropped(reply.dropped().size());
        reply.duplicates().forEach(m -> LogMessage.DUPLICATE_SEND.log(m.queue(), m.id()));
    }

    /**
     * Prepares the branch: Redis records it and guarantees that a later commit succeeds.
     *
     * @throws BranchRolledBackException if the branch was rolled back instead
     * @throws RedisCallException if Redis failed. The branch will not be committed
     * @throws IllegalStateException if the branch has been prepared or committed, or the outcome of an earlier call is
     *     unknown
     */
    synchronized void prepare() {
        requireNotRollbackOnly();
        requireState(State.ACTIVE);
        try {
            prepared(Replies.await(operations.prepare(name, home(), work.leases(), work.sent())));
        } catch (RedisCallException e) {
            if (e.outcomeUnknown()) {
                preparation = e.<PreparationResult>unsettled().orElse(null);
                state = State.PREPARE_UNKNOWN;
            } else {
                end(State.ROLLED_BACK);
            }
            throw e;
        }
    }

    private void prepared(PreparationResult result) {
        if (!result.done()) {
            end(State.ROLLED_BACK);
            requireKept(result.lost(), result.refused());
        }
        state = State.PREPARED;
        preparedAt = System.nanoTime();
    }

    /**
     * Commits the branch after {@link #prepare}.
     *
     * @return DONE or COMMITTED if the branch was committed; LOST if Redis has lost it; otherwise how recovery or an operator
     *     ended it
     * @throws RedisCallException if Redis failed. The branch is presumably still prepared, and can be committed later
     * @throws IllegalStateException if the branch is not prepared
     */
    synchronized BranchEndResult commitPrepared() {
        requireState(State.PREPARED);
        BranchEndResult outcome = secondPhase.end(() -> operations.commit(name, home(), false));
        boolean committed = outcome == BranchEndResult.DONE || outcome == BranchEndResult.COMMITTED;
        end(committed ? State.COMMITTED : State.ROLLED_BACK);
        boolean known = System.nanoTime() - preparedAt < OUTCOME_KEPT_NANOS && !secondPhase.isUncertain();
        boolean lost = outcome == BranchEndResult.NOT_PREPARED && known;
        return lost ? BranchEndResult.LOST : outcome;
    }

    /**
     * Rolls the branch back, whether it is prepared or not.
     *
     * @return how recovery or an operator ended the branch instead; DONE or NOT_PREPARED if the branch is rolled back
     * @throws RedisCallException if Redis failed. A branch that was prepared presumably still is
     */
    public synchronized BranchEndResult rollback() {
        BranchEndResult outcome = BranchEndResult.DONE;
        if (state == State.PREPARED || state == State.PREPARE_UNKNOWN && isPrepared()) {
            state = State.PREPARED;
            outcome = secondPhase.end(() -> operations.rollback(name, home(), false, consumerGone ? 0 : leaseMillis));
        }
        if (outcome == BranchEndResult.COMMITTED) {
            end(State.COMMITTED);
        } else if (state != State.COMMITTED && state != State.ROLLED_BACK && state != State.COMMIT_UNKNOWN) {
            end(State.ROLLED_BACK);
        }
        return outcome;
    }

    /**
     * Returns whether the branch may be prepared. If the result is false, the prepare call is fenced and cannot take
     * effect later.
     */
    private boolean isPrepared() {
        try {
            if (preparation == null) {
                return true;
            }
            Optional<PreparationResult> result = Replies.await(preparation.settle());
            preparation = null;
            return result.isPresent() && result.get().done();
        } catch (RedisCallException e) {
            if (e.receiptExpired()) {
                return true; // Redis no longer has the receipt; the rollback determines the state
            }
            work.rolledBack(); // it will not commit, and the transaction manager may not ask again
            throw e;
        }
    }

    /**
     * Ends the consumer's part in the branch: the consumer makes no further requests for it. A branch that has not
     * ended is rolled back, unless it is prepared.
     *
     * @return the state in which the branch is left
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

    /** Returns the home queue, which keeps the record of the branch once it is prepared. */
    synchronized String home() {
        return work.home();
    }

    private void end(State outcome) {
        state = outcome;
        if (outcome == State.COMMITTED) {
            work.committed();
        } else {
            work.rolledBack();
        }
    }

    /** Requires that the consumed messages are still held, and that no sent message loses its deduplication key. */
    private static void requireKept(List<Lease> lost, List<KeyConflict> refused) {
        if (!lost.isEmpty()) {
            throw new BranchRolledBackException(
                    "RQ-108 The transaction was rolled back because another consumer claimed its messages: "
                            + lost.stream().map(Lease::toString).collect(Collectors.joining(", ")));
        }
        if (!refused.isEmpty()) {
            refused.forEach(each -> LogMessage.KEY_CONFLICT.log(
                    each.message().queue(), each.message().id(), each.description()));
            throw new BranchRolledBackException("RQ-139 The transaction was rolled back: "
                    + refused.stream().map(KeyConflict::description).collect(Collectors.joining(", ")) + ".");
        }
    }

    private void requireNotRollbackOnly() {
        if (state == State.ROLLBACK_ONLY) {
            end(State.ROLLED_BACK);
        }
        if (state == State.ROLLED_BACK) {
            throw new BranchRolledBackException(
                    "RQ-109 The transaction was rolled back because it was marked for rollback.");
        }
    }

    private void requireActive() {
        if (state != State.ACTIVE) {
            throw new RedisQueueException(
                    "RQ-110 The transaction accepts no more work because its state is " + state + ".");
        }
    }

    private void requireState(State expected) {
        if (state != expected) {
            throw new IllegalStateException(
                    "The branch is in state " + state + ", but must be in state " + expected + ".");
        }
    }
}
