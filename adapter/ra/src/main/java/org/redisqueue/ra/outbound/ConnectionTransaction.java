// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.LocalTransaction;
import jakarta.resource.spi.LocalTransactionException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.ResourceManager;

/** The local transaction of one connection (Jakarta Connectors 2.1, 7.7). */
final class ConnectionTransaction implements LocalTransaction {

    private final ResourceManager manager;
    private @Nullable Branch branch;

    ConnectionTransaction(ResourceManager manager) {
        this.manager = manager;
    }

    /** Returns the branch to which work is added; empty if no local transaction has begun. */
    Optional<Branch> current() {
        return Optional.ofNullable(branch);
    }

    @Override
    public void begin() throws ResourceException {
        if (branch != null) {
            throw new LocalTransactionException("RQ-122 A local transaction is already active.");
        }
        branch = manager.localBranch();
    }

    @Override
    public void commit() throws ResourceException {
        Branch ending = end();
        try {
            ending.commitInOnePhase();
        } catch (RedisQueueException e) {
            throw new LocalTransactionException(e.getMessage(), e);
        }
    }

    @Override
    public void rollback() throws ResourceException {
        end().rollback();
    }

    /** Rolls back a transaction that was left open. */
    void reset() {
        if (branch != null) {
            LogMessage.LOCAL_ROLLBACK.log();
            branch.rollback();
            branch = null;
        }
    }

    private Branch end() throws LocalTransactionException {
        if (branch == null) {
            throw new LocalTransactionException("RQ-122 No local transaction is active.");
        }
        Branch ending = branch;
        branch = null;
        return ending;
    }
}
