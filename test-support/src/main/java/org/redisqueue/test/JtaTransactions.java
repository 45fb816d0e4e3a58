// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.redisqueue.RedisQueueException;
import org.redisqueue.test.internal.memory.MemoryBranch;
import org.redisqueue.test.internal.memory.QueueStore;
import org.redisqueue.test.internal.memory.Transactions;

/** The transactions of a transaction manager, which the queues join as the last to learn the outcome. */
final class JtaTransactions implements Transactions {

    /** What the queues need from a transaction manager. */
    private interface Source {

        int status() throws SystemException;

        Object key() throws SystemException;

        void register(Synchronization synchronization) throws Exception;
    }

    private final QueueStore store;
    private final Source source;
    private final Map<Object, MemoryBranch> branches = new ConcurrentHashMap<>();

    private JtaTransactions(QueueStore store, Source source) {
        this.store = store;
        this.source = source;
    }

    static JtaTransactions of(QueueStore store, TransactionSynchronizationRegistry registry) {
        return new JtaTransactions(store, new Source() {
            @Override
            public int status() {
                return registry.getTransactionStatus();
            }

            @Override
            public Object key() {
                return registry.getTransactionKey();
            }

            @Override
            public void register(Synchronization synchronization) {
                registry.registerInterposedSynchronization(synchronization);
            }
        });
    }

    static JtaTransactions of(QueueStore store, TransactionManager manager) {
        return new JtaTransactions(store, new Source() {
            @Override
            public int status() throws SystemException {
                return manager.getStatus();
            }

            @Override
            public Transaction key() throws SystemException {
                return manager.getTransaction();
            }

            @Override
            public void register(Synchronization synchronization) throws Exception {
                manager.getTransaction().registerSynchronization(synchronization);
            }
        });
    }

    @Override
    public Optional<MemoryBranch> current() {
        try {
            int status = source.status();
            if (status != Status.STATUS_ACTIVE && status != Status.STATUS_MARKED_ROLLBACK) {
                return Optional.empty();
            }
            MemoryBranch branch = branches.get(source.key());
            if (branch == null) {
                branch = status == Status.STATUS_ACTIVE ? join(source.key()) : new MemoryBranch(store);
            }
            if (status == Status.STATUS_MARKED_ROLLBACK) {
                branch.setRollbackOnly();
            }
            return Optional.of(branch);
        } catch (Exception e) {
            throw new RedisQueueException("The transaction manager does not accept the queues: " + e, e);
        }
    }

    private MemoryBranch join(Object key) throws Exception {
        MemoryBranch branch = new MemoryBranch(store);
        source.register(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                branches.remove(key);
                if (status == Status.STATUS_COMMITTED) {
                    branch.commit();
                } else {
                    branch.rollBack();
                }
            }
        });
        branches.put(key, branch);
        return branch;
    }
}
