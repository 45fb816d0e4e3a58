// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import java.util.Map;
import javax.naming.Reference;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.spi.AdapterHealth;
import org.redisqueue.spi.HealthSource;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerActivator;
import org.redisqueue.spi.ListenerEndpoint;

/** The application's connection factory. It asks the container's connection manager for each connection. */
final class ConnectionFactory implements RedisQueueConnectionFactory, ListenerActivator, HealthSource {

    private static final long serialVersionUID = 1L;

    private final RedisManagedConnectionFactory factory;
    private final ConnectionManager connections;
    private @Nullable Reference reference;

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

    @Override
    public QueueAdmin admin() {
        return factory.listenerHost().admin(factory.asConfigured());
    }

    @Override
    public ListenerActivation activate(
            String listener,
            Map<String, String> properties,
            boolean transacted,
            boolean paused,
            ListenerEndpoint endpoint) {
        return factory.listenerHost()
                .activate(factory.asConfigured(), listener, properties, transacted, paused, endpoint);
    }

    @Override
    public AdapterHealth health() {
        return factory.listenerHost().health(factory.asConfigured());
    }

    private RedisQueueConnection allocate(RedisConnectionRequestInfo info) {
        try {
            return (RedisQueueConnection) connections.allocateConnection(factory, info);
        } catch (ResourceException e) {
            throw new RedisQueueException("RQ-118 The container cannot provide a connection: " + e.getMessage(), e);
        }
    }

    @Override
    public void setReference(Reference reference) {
        this.reference = reference;
    }

    @Override
    public @Nullable Reference getReference() {
        return reference;
    }
}
