// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.Optional;
import java.util.function.Supplier;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;
import org.redisqueue.test.internal.memory.MemoryBranch;
import org.redisqueue.test.internal.memory.QueueStore;
import org.redisqueue.test.internal.memory.Transactions;

/** The transactions that the queues join: those of a transaction manager, if there is one, or else their own. */
final class QueueTransactions implements Transactions {

    private static final String REGISTRY = "java:comp/TransactionSynchronizationRegistry";

    private final QueueStore store;
    private final TestTransactions own;
    private @Nullable Transactions jta;
    private @Nullable TransactionManager manager;

    QueueTransactions(QueueStore store) {
        this.store = store;
        this.own = new TestTransactions(store);
        try {
            if (InitialContext.doLookup(REGISTRY) instanceof TransactionSynchronizationRegistry registry) {
                join(registry);
            }
        } catch (NamingException e) {
            // a unit test without JNDI
        }
    }

    TestTransactions own() {
        return own;
    }

    void join(TransactionSynchronizationRegistry registry) {
        jta = registry instanceof TestTransactions ? null : JtaTransactions.of(store, registry);
    }

    void join(TransactionManager transactionManager) {
        jta = JtaTransactions.of(store, transactionManager);
        manager = transactionManager;
    }

    @Override
    public Optional<MemoryBranch> current() {
        Optional<MemoryBranch> found = own.branch();
        return found.isPresent() || jta == null ? found : jta.current();
    }

    void setRollbackOnly() throws Exception {
        if (manager == null) {
            own.setRollbackOnly();
        } else {
            manager.setRollbackOnly();
        }
    }

    /**
     * Runs an action in a new transaction, and suspends that of the thread meanwhile.
     *
     * @throws Throwable what the action throws, after the rollback
     */
    void run(Executable action) throws Throwable {
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
            if (manager.getStatus() == jakarta.transaction.Status.STATUS_MARKED_ROLLBACK) {
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

    /** Runs an action without a transaction of the queues' own. */
    <T> T runWithout(Supplier<T> action) {
        Object suspended = own.suspend();
        try {
            return action.get();
        } finally {
            own.resume(suspended);
        }
    }
}
