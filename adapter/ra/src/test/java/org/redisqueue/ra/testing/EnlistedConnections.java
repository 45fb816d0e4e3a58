// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;

/** Makes new connections part of the current transaction, as the connection pool of a container does. */
public final class EnlistedConnections implements ConnectionManager {

    private static final long serialVersionUID = 1L;

    private final transient TransactionManager transactions;

    public EnlistedConnections(TransactionManager transactions) {
        this.transactions = transactions;
    }

    @Override
    public Object allocateConnection(ManagedConnectionFactory factory, ConnectionRequestInfo info)
            throws ResourceException {
        ManagedConnection connection = factory.createManagedConnection(null, info);
        try {
            Transaction transaction = transactions.getTransaction();
            if (transaction == null) {
                connection.addConnectionEventListener(new DestroyedWhenClosed());
            } else {
                transaction.enlistResource(connection.getXAResource());
                transaction.registerSynchronization(new DestroyedAfterwards(connection));
            }
        } catch (SystemException | RollbackException e) {
            throw new ResourceException(e);
        }
        return connection.getConnection(null, info);
    }

    private static final class DestroyedWhenClosed implements ConnectionEventListener {

        @Override
        public void connectionClosed(ConnectionEvent event) {
            try {
                ((ManagedConnection) event.getSource()).destroy();
            } catch (ResourceException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void connectionErrorOccurred(ConnectionEvent event) {
            connectionClosed(event);
        }

        @Override
        public void localTransactionStarted(ConnectionEvent event) {}

        @Override
        public void localTransactionCommitted(ConnectionEvent event) {}

        @Override
        public void localTransactionRolledback(ConnectionEvent event) {}
    }

    private record DestroyedAfterwards(ManagedConnection connection) implements Synchronization {

        @Override
        public void beforeCompletion() {}

        @Override
        public void afterCompletion(int status) {
            try {
                connection.destroy();
            } catch (ResourceException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
