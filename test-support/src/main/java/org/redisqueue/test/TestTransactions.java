// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.UserTransaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.test.internal.memory.MemoryBranch;
import org.redisqueue.test.internal.memory.QueueStore;

/**
 * Transactions of queues in memory, for unit tests without a transaction manager. Each thread can have one at a time.
 *
 * <p>Pass it to a bean that expects a {@link UserTransaction} or a {@link TransactionSynchronizationRegistry}. There is
 * no other resource and no timeout, so a commit always succeeds unless the transaction is marked for rollback, or a
 * message with {@link org.redisqueue.OnDuplicate#ROLLBACK} cannot have its deduplication key.
 */
public final class TestTransactions implements UserTransaction, TransactionSynchronizationRegistry {

    private static final System.Logger LOG = System.getLogger(TestTransactions.class.getName());

    private final QueueStore store;
    private final Supplier<@Nullable Object> surrounding;

    @SuppressWarnings("ThreadLocalUsage") // an instance lives as long as a test
    private final ThreadLocal<@Nullable Current> current = new ThreadLocal<>();

    /** @param surrounding returns what identifies the JTA transaction of the thread, if it has one */
    TestTransactions(QueueStore store, Supplier<@Nullable Object> surrounding) {
        this.store = store;
        this.surrounding = surrounding;
    }

    /** A transaction, and the state that {@link TransactionSynchronizationRegistry} keeps for it. */
    private static final class Current {

        private final MemoryBranch branch;
        private final @Nullable Object surrounding;
        private final Map<Object, Object> resources = new HashMap<>();
        private final List<Synchronization> synchronizations = new ArrayList<>();

        /** @param surrounding the JTA transaction in which this one begins; null if there is none */
        private Current(MemoryBranch branch, @Nullable Object surrounding) {
            this.branch = branch;
            this.surrounding = surrounding;
        }

        /** Calls all synchronizations. As in a transaction manager, their exceptions have no effect on the outcome. */
        private void complete(int status) {
            for (Synchronization synchronization : synchronizations) {
                try {
                    synchronization.afterCompletion(status);
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.WARNING, "A synchronization failed after the transaction.", e);
                }
            }
        }
    }

    /** Takes the transaction from the thread. */
    @Nullable
    Object suspend() {
        Current suspended = current.get();
        current.remove();
        return suspended;
    }

    /** Gives the thread a transaction that was suspended. */
    void resume(@Nullable Object suspended) {
        current.set((Current) suspended);
    }

    /**
     * Returns whether the thread's transaction is this class's, as opposed to a JTA transaction that was begun within it.
     *
     * @param key what identifies the JTA transaction of the thread; null if it has none
     */
    boolean isInnermost(@Nullable Object key) {
        Current found = current.get();
        return found != null && (key == null || key.equals(found.surrounding) || key == found);
    }

    Optional<MemoryBranch> branch() {
        return Optional.ofNullable(current.get()).map(transaction -> transaction.branch);
    }

    @Override
    public void begin() throws NotSupportedException {
        if (current.get() != null) {
            throw new NotSupportedException("The thread already has a transaction.");
        }
        current.set(new Current(new MemoryBranch(store), surrounding.get()));
    }

    @Override
    public void commit() throws RollbackException {
        Current ending = required();
        try {
            for (int i = 0; i < ending.synchronizations.size(); i++) { // each may add others
                ending.synchronizations.get(i).beforeCompletion();
            }
            ending.branch.prepare();
        } catch (RuntimeException | Error e) {
            rollback();
            RollbackException failure = new RollbackException(
                    e instanceof RedisQueueException
                            ? e.getMessage()
                            : "A synchronization failed before the commit: " + e);
            failure.initCause(e);
            throw failure;
        }
        if (ending.branch.isRollbackOnly()) {
            rollback();
            throw new RollbackException("The transaction was rolled back because it was marked for rollback.");
        }
        current.remove();
        ending.branch.commit();
        ending.complete(Status.STATUS_COMMITTED);
    }

    @Override
    public void rollback() {
        Current ending = required();
        current.remove();
        ending.branch.rollBack();
        ending.complete(Status.STATUS_ROLLEDBACK);
    }

    @Override
    public void setRollbackOnly() {
        required().branch.setRollbackOnly();
    }

    @Override
    public boolean getRollbackOnly() {
        return required().branch.isRollbackOnly();
    }

    @Override
    public int getStatus() {
        Current found = current.get();
        if (found == null) {
            return Status.STATUS_NO_TRANSACTION;
        }
        return found.branch.isRollbackOnly() ? Status.STATUS_MARKED_ROLLBACK : Status.STATUS_ACTIVE;
    }

    /** Has no effect: these transactions have no timeout. */
    @Override
    public void setTransactionTimeout(int seconds) {}

    @Override
    public @Nullable Object getTransactionKey() {
        return current.get();
    }

    @Override
    public void putResource(Object key, Object value) {
        required().resources.put(key, value);
    }

    @Override
    public @Nullable Object getResource(Object key) {
        return required().resources.get(key);
    }

    @Override
    public void registerInterposedSynchronization(Synchronization synchronization) {
        required().synchronizations.add(synchronization);
    }

    @Override
    public int getTransactionStatus() {
        return getStatus();
    }

    private Current required() {
        Current found = current.get();
        if (found == null) {
            throw new IllegalStateException(
                    "The thread has no transaction. Begin one, for example with InMemoryQueues.inTransaction.");
        }
        return found;
    }
}
