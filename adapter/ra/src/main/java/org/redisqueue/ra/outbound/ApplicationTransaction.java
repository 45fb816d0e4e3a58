// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import jakarta.resource.ResourceException;
import jakarta.resource.cci.LocalTransaction;
import jakarta.resource.spi.ConnectionEvent;

/** The local transaction of a connection, demarcated by the application. Notifies the container of each step. */
final class ApplicationTransaction implements LocalTransaction {

    private final RedisManagedConnection connection;

    ApplicationTransaction(RedisManagedConnection connection) {
        this.connection = connection;
    }

    @Override
    public void begin() throws ResourceException {
        connection.transaction().begin();
        connection.fire(new ConnectionEvent(connection, ConnectionEvent.LOCAL_TRANSACTION_STARTED));
    }

    @Override
    public void commit() throws ResourceException {
        boolean begun = connection.transaction().current().isPresent();
        try {
            connection.transaction().commit();
        } catch (ResourceException e) {
            if (begun) {
                connection.fire(new ConnectionEvent(connection, ConnectionEvent.LOCAL_TRANSACTION_ROLLEDBACK));
            }
            throw e;
        }
        connection.fire(new ConnectionEvent(connection, ConnectionEvent.LOCAL_TRANSACTION_COMMITTED));
    }

    @Override
    public void rollback() throws ResourceException {
        connection.transaction().rollback();
        connection.fire(new ConnectionEvent(connection, ConnectionEvent.LOCAL_TRANSACTION_ROLLEDBACK));
    }
}
