// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import javax.naming.Reference;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;

/** The connection factory of applications: has the container's connection manager find or make a connection. */
final class ConnectionFactory implements RedisQueueConnectionFactory {

    private static final long serialVersionUID = 1L;

    private final RedisManagedConnectionFactory factory;
    private final ConnectionManager connections;
    private Reference reference;

    ConnectionFactory(RedisManagedConnectionFactory factory, ConnectionManager connections) {
        this.factory = factory;
        this.connections = connections;
    }

    @Override
    public RedisQueueConnection createConnection() {
        return allocate(RedisConnectionRequestInfo.AS_CONFIGURED);
    }

    @Override
    public RedisQueueConnection createConnection(String user, String password) {
        return allocate(new RedisConnectionRequestInfo(user, password));
    }

    private RedisQueueConnection allocate(RedisConnectionRequestInfo info) {
        try {
            return (RedisQueueConnection) connections.allocateConnection(factory, info);
        } catch (ResourceException e) {
            throw new RedisQueueException("RQ-118 The container has no connection to give: " + e.getMessage(), e);
        }
    }

    @Override
    public void setReference(Reference reference) {
        this.reference = reference;
    }

    @Override
    public Reference getReference() {
        return reference;
    }
}
