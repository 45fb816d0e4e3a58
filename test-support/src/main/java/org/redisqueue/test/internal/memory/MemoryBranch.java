// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.protocol.SendRequest;

/**
 * The messages that one transaction consumes and sends. They take effect together or not at all. Thread-safe: a
 * transaction manager can roll back a transaction that has timed out while its thread sends.
 */
public final class MemoryBranch {

    private enum State {
        ACTIVE,
        ROLLBACK_ONLY,
        COMMITTED,
        ROLLED_BACK
    }

    private final QueueStore store;
    private final List<Consumption> consumed = new ArrayList<>();
    private final List<SendRequest> sent = new ArrayList<>();
    private State state = State.ACTIVE;
    private boolean prepared;

    /** Creates an active branch. */
    public MemoryBranch(QueueStore store) {
        this.store = store;
        store.opened(this);
    }

    /** {@return a branch that accepts no work} */
    public static MemoryBranch ended(QueueStore store) {
        MemoryBranch branch = new MemoryBranch(store);
        branch.rollBack();
        return branch;
    }

    /**
     * Adds a message to acknowledge when the branch commits.
     *
     * @throws RedisQueueException if the branch accepts no more work (RQ-110), or if it sends a message with the same id
     *     to the same queue (RQ-124)
     */
    public void consume(Consumption consumption) {
        synchronized (store) {
            requireActive();
            sent.forEach(message -> requireDifferentMessage(consumption, message));
            consumed.add(consumption);
        }
    }

    /**
     * Adds messages to send when the branch commits, except for those whose deduplication keys belong to published
     * messages: all of them, or none if it throws an exception.
     *
     * @return the id of each message or of the one that has its key
     * @throws RedisQueueException if the branch accepts no more work (RQ-110), or if it consumes a message with the same
     *     id from the same queue (RQ-124)
     */
    List<String> send(List<SendRequest> messages) {
        synchronized (store) {
            requireActive();
            for (SendRequest message : messages) {
                if (store.kept(message).isEmpty()) {
                    consumed.forEach(consumption -> requireDifferentMessage(consumption, message));
                }
            }
            List<String> ids = messages.stream().map(this::add).toList();
            if (prepared) {
                store.prepare(this);
            }
            return ids;
        }
    }

    private String add(SendRequest message) {
        Optional<String> kept = store.kept(message);
        if (kept.isPresent()) {
            return kept.get();
        }
        String id = sentWithKeyOf(message).orElse(message.id());
        sent.add(message); // the commit drops all but the first with a key whose id is not in use
        return id;
    }

    private Optional<String> sentWithKeyOf(SendRequest message) {
        return message.deduplicationKey()
                .flatMap(key -> sent.stream()
                        .filter(earlier -> earlier.queue().equals(message.queue())
                                && earlier.deduplicationKey().equals(Optional.of(key)))
                        .map(SendRequest::id)
                        .findFirst());
    }

    /** Marks the branch for rollback. Has no effect if the branch has ended. */
    public void setRollbackOnly() {
        synchronized (store) {
            if (state == State.ACTIVE) {
                state = State.ROLLBACK_ONLY;
            }
        }
    }

    /** {@return whether the branch is marked for rollback} */
    public boolean isRollbackOnly() {
        synchronized (store) {
            return state == State.ROLLBACK_ONLY;
        }
    }

    /**
     * Reserves the deduplication keys that the branch needs to commit.
     *
     * @throws RedisQueueException if another message has one of them, and the branch is to be rolled back (RQ-139)
     */
    public void prepare() {
        synchronized (store) {
            prepared = true;
            store.prepare(this);
        }
    }

    /** Commits the branch, or rolls it back if it is marked for rollback. */
    public void commit() {
        synchronized (store) {
            if (state == State.ROLLBACK_ONLY) {
                rollBack();
            } else {
                state = State.COMMITTED;
                store.commit(this);
            }
        }
    }

    /** Rolls the branch back. */
    public void rollBack() {
        synchronized (store) {
            state = State.ROLLED_BACK;
            store.rollBack(this);
        }
    }

    List<Consumption> consumed() {
        return consumed;
    }

    List<SendRequest> sent() {
        return sent;
    }

    private void requireActive() {
        if (state != State.ACTIVE) {
            throw new RedisQueueException(
                    "RQ-110 The transaction accepts no more work because its state is " + state + ".");
        }
    }

    private static void requireDifferentMessage(Consumption consumption, SendRequest message) {
        if (consumption.id().equals(message.id()) && consumption.queue().equals(message.queue())) {
            throw new RedisQueueException("RQ-124 Message '" + message.id() + "' of queue '" + message.queue()
                    + "' is consumed by this transaction, which cannot send a message with the same id to this"
                    + " queue. Use a different id.");
        }
    }
}
