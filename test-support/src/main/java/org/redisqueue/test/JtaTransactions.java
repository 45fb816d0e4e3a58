// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.test.internal.memory.MemoryBranch;
import org.redisqueue.test.internal.memory.QueueStore;
import org.redisqueue.test.internal.memory.Transactions;

/**
 * The transactions of a transaction manager. The queues join them with a synchronization, which learns the outcome after
 * all resources.
 */
final class JtaTransactions implements Transactions {

    /** What the queues need from a transaction manager. */
    private interface Source {

        int status() throws SystemException;

        @Nullable
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
            public @Nullable Object key() {
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
            public @Nullable Transaction key() throws SystemException {
                return manager.getTransaction();
            }

            @Override
            public void register(Synchronization synchronization) throws Exception {
                manager.getTransaction().registerSynchronization(synchronization);
            }
        });
    }

    /** {@return what identifies the transaction of the thread; null if it has none} */
    @Nullable
    Object key() {
        try {
            return source.status() == Status.STATUS_NO_TRANSACTION ? null : source.key();
        } catch (SystemException e) {
            throw refused(e);
        }
    }

    /** Returns the branch. If the transaction is ending or has been rolled back, the branch accepts no work (RQ-110). */
    @Override
    public Optional<MemoryBranch> current() {
        try {
            return switch (source.status()) {
                case Status.STATUS_NO_TRANSACTION, Status.STATUS_COMMITTED -> Optional.empty();
                case Status.STATUS_ACTIVE -> Optional.of(joined(Objects.requireNonNull(source.key())));
                default -> Optional.of(MemoryBranch.ended(store));
            };
        } catch (Exception e) {
            throw refused(e);
        }
    }

    private static RedisQueueException refused(Exception e) {
        return new RedisQueueException("The transaction manager does not accept the queues: " + e, e);
    }

    private MemoryBranch joined(Object key) throws Exception {
        MemoryBranch branch = branches.get(key);
        return branch == null ? join(key) : branch;
    }

    private MemoryBranch join(Object key) throws Exception {
        MemoryBranch branch = new MemoryBranch(store);
        source.register(new Synchronization() {
            @Override
            public void beforeCompletion() {
                branch.prepare(); // an exception rolls the transaction back
            }

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
