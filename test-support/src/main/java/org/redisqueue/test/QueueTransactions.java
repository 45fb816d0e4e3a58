// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;
import org.redisqueue.test.internal.memory.MemoryBranch;
import org.redisqueue.test.internal.memory.QueueStore;
import org.redisqueue.test.internal.memory.Transactions;

/** The transactions that the queues join: those of a transaction manager, if there is one, or else their own. */
final class QueueTransactions implements Transactions {

    private final QueueStore store;
    private final TestTransactions own;
    private volatile @Nullable JtaTransactions jta;
    private volatile @Nullable TransactionManager manager;

    /** Finds a transaction manager when a transaction is first needed; null once that is done. */
    private volatile @Nullable Runnable discovery = () -> JtaLookup.in(this);

    QueueTransactions(QueueStore store) {
        this.store = store;
        this.own = new TestTransactions(store, this::jtaKey);
    }

    TestTransactions own() {
        return own;
    }

    void join(TransactionSynchronizationRegistry registry) {
        discovery = null;
        jta = registry instanceof TestTransactions ? null : JtaTransactions.of(store, registry);
        manager = null;
    }

    void join(TransactionManager transactionManager) {
        discovery = null;
        jta = JtaTransactions.of(store, transactionManager);
        manager = transactionManager;
    }

    /** Sets how to find a transaction manager. It is called when a transaction is first needed. */
    void discoverBy(Runnable finder) {
        discovery = finder;
    }

    private void discover() {
        Runnable finder = discovery;
        discovery = null; // before the call, which may create beans that use these queues
        if (finder != null) {
            finder.run();
        }
    }

    private @Nullable Object jtaKey() {
        discover();
        return jta == null ? null : jta.key();
    }

    /** Returns the innermost transaction: one of the queues, unless a JTA transaction was begun within it. */
    @Override
    public Optional<MemoryBranch> current() {
        Object key = jtaKey();
        return own.isInnermost(key) || jta == null ? own.branch() : jta.current();
    }

    /**
     * Runs an action in a new transaction, and suspends that of the thread while it runs.
     *
     * @throws Throwable what the action throws, after the rollback
     */
    void run(Executable action) throws Throwable {
        discover();
        if (manager == null) {
            runInOwn(action);
        } else {
            run(manager, action);
        }
    }

    private void runInOwn(Executable action) throws Throwable {
        Object suspended = own.suspend();
        try {
            own.begin();
            try {
                action.execute();
            } catch (Throwable e) {
                own.rollback();
                throw e;
            }
            if (own.getRollbackOnly()) {
                own.rollback();
            } else {
                own.commit();
            }
        } finally {
            own.resume(suspended);
        }
    }

    private static void run(TransactionManager manager, Executable action) throws Throwable {
        Transaction suspended = manager.suspend();
        try {
            manager.begin();
            try {
                action.execute();
            } catch (Throwable e) {
                manager.rollback();
                throw e;
            }
            if (manager.getStatus() == Status.STATUS_MARKED_ROLLBACK) {
                manager.rollback();
            } else {
                manager.commit();
            }
        } finally {
            if (suspended != null) {
                manager.resume(suspended);
            }
        }
    }

    /** Runs an action without a transaction, and suspends that of the thread while it runs. */
    <T> T runWithout(Supplier<T> action) throws Exception {
        discover();
        TransactionManager suspending = manager;
        Object suspended = own.suspend();
        Transaction suspendedJta = suspending == null ? null : suspending.suspend();
        try {
            return action.get();
        } finally {
            own.resume(suspended);
            if (suspending != null && suspendedJta != null) {
                suspending.resume(suspendedJta);
            }
        }
    }

    /** Rolls back the transaction that the thread still has. Returns whether there was one. */
    boolean endOpen() throws SystemException {
        if (own.branch().isPresent()) {
            own.rollback();
            return true;
        }
        if (manager != null && manager.getStatus() != Status.STATUS_NO_TRANSACTION) {
            manager.rollback();
            return true;
        }
        return false;
    }
}
