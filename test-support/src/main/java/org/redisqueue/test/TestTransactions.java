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
import org.jspecify.annotations.Nullable;
import org.redisqueue.test.internal.memory.MemoryBranch;
import org.redisqueue.test.internal.memory.QueueStore;

/**
 * Transactions of queues in memory, for unit tests without a transaction manager. Each thread has its own.
 *
 * <p>Pass it to a bean that expects a {@link UserTransaction} or a {@link TransactionSynchronizationRegistry}. There is
 * no other resource and no timeout, so a commit always succeeds unless the transaction is marked for rollback.
 */
public final class TestTransactions implements UserTransaction, TransactionSynchronizationRegistry {

    private final QueueStore store;

    @SuppressWarnings("ThreadLocalUsage") // each instance has transactions of its own, and lives as long as a test
    private final ThreadLocal<@Nullable Current> current = new ThreadLocal<>();

    TestTransactions(QueueStore store) {
        this.store = store;
    }

    /** A transaction, and the state that {@link TransactionSynchronizationRegistry} keeps for it. */
    private static final class Current {

        private final MemoryBranch branch;
        private final Map<Object, Object> resources = new HashMap<>();
        private final List<Synchronization> synchronizations = new ArrayList<>();

        private Current(MemoryBranch branch) {
            this.branch = branch;
        }

        private void complete(int status) {
            synchronizations.forEach(synchronization -> synchronization.afterCompletion(status));
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

    Optional<MemoryBranch> branch() {
        return Optional.ofNullable(current.get()).map(transaction -> transaction.branch);
    }

    @Override
    public void begin() throws NotSupportedException {
        if (current.get() != null) {
            throw new NotSupportedException("The thread already has a transaction.");
        }
        current.set(new Current(new MemoryBranch(store)));
    }

    @Override
    public void commit() throws RollbackException {
        Current ending = required();
        try {
            for (int i = 0; i < ending.synchronizations.size(); i++) { // each may add others
                ending.synchronizations.get(i).beforeCompletion();
            }
        } catch (RuntimeException | Error e) {
            rollback();
            RollbackException failure = new RollbackException("A synchronization failed before the commit: " + e);
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
