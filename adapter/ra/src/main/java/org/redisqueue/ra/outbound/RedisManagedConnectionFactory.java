// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterAssociation;
import jakarta.resource.spi.TransactionSupport;
import jakarta.resource.spi.ValidatingManagedConnectionFactory;
import jakarta.resource.spi.security.PasswordCredential;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.LoggingObserver;
import org.redisqueue.ra.observer.Observers;
import org.redisqueue.ra.statistics.ServerStatistics;
import org.redisqueue.ra.telemetry.Telemetry;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.RedisXAResource;
import org.redisqueue.ra.transaction.ResourceManager;

/**
 * Creates the connections that the container pools (Jakarta Connectors 2.1, 6.5.2). A property that is not set here is
 * inherited from the resource adapter.
 */
public class RedisManagedConnectionFactory extends ConnectionProperties
        implements ManagedConnectionFactory,
                ResourceAdapterAssociation,
                ValidatingManagedConnectionFactory,
                TransactionSupport {

    /**
     * A user name that stands for the configured user. Servers require credentials for recovery even if the
     * configuration already contains them.
     */
    public static final String CONFIGURED_USER = "as-configured";

    private static final long serialVersionUID = 1L;

    private transient @Nullable ResourceAdapter resourceAdapter;
    private transient @Nullable PrintWriter logWriter;
    private transient @Nullable NamedResources names;

    @Override
    public Object createConnectionFactory(ConnectionManager connections) throws ResourceException {
        ConnectionProperties properties = asConfigured();
        properties.check("connection factory");
        try {
            ResourceManager.acquire(properties).release();
        } catch (RedisQueueException e) {
            throw new ResourceException(e.getMessage(), e);
        }
        names = NamedResources.of(connections);
        return new ConnectionFactory(this, connections);
    }

    /** Creates a connection factory for use without a container. Each connection is new and ends with its handle. */
    @Override
    public Object createConnectionFactory() throws ResourceException {
        return createConnectionFactory(new UnpooledConnections());
    }

    /** Creates a managed connection. It connects to Redis on first use. */
    @Override
    public ManagedConnection createManagedConnection(@Nullable Subject subject, @Nullable ConnectionRequestInfo info)
            throws ResourceException {
        RedisConnectionRequestInfo credentials = credentials(subject, info);
        try {
            return new RedisManagedConnection(this, credentials, merged(credentials));
        } catch (RedisQueueException e) {
            throw new ResourceException(e.getMessage(), e);
        }
    }

    /** Returns the XAResource of a connection in the form that the container gets, see {@link NamedResources}. */
    XAResource named(RedisXAResource resource) {
        return names == null ? resource : names.named(resource);
    }

    @Override
    public @Nullable ManagedConnection matchManagedConnections(
            @SuppressWarnings("rawtypes") Set connections,
            @Nullable Subject subject,
            @Nullable ConnectionRequestInfo info) {
        RedisConnectionRequestInfo wanted = credentials(subject, info);
        for (Object candidate : connections) {
            if (candidate instanceof RedisManagedConnection connection && connection.matches(this, wanted)) {
                return connection;
            }
        }
        return null;
    }

    /** Returns the connections on which Redis does not answer. */
    @Override
    public Set<?> getInvalidConnections(@SuppressWarnings("rawtypes") Set connections) {
        Set<Object> invalid = new HashSet<>();
        for (Object candidate : connections) {
            if (candidate instanceof RedisManagedConnection connection && !connection.isValid()) {
                invalid.add(connection);
            }
        }
        return invalid;
    }

    /**
     * Returns the credentials to use. Container credentials take precedence over application credentials, and both take
     * precedence over the configured ones.
     */
    private RedisConnectionRequestInfo credentials(@Nullable Subject subject, @Nullable ConnectionRequestInfo info) {
        RedisConnectionRequestInfo found = info instanceof RedisConnectionRequestInfo requested
                ? requested
                : RedisConnectionRequestInfo.AS_CONFIGURED;
        if (subject != null) {
            for (PasswordCredential credential : subject.getPrivateCredentials(PasswordCredential.class)) {
                if (credential.getManagedConnectionFactory() == null
                        || credential.getManagedConnectionFactory().equals(this)) {
                    found = new RedisConnectionRequestInfo(
                            credential.getUserName(), new String(credential.getPassword()));
                }
            }
        }
        return isConfigured(found) ? RedisConnectionRequestInfo.AS_CONFIGURED : found;
    }

    /**
     * Returns whether the credentials stand for the configured ones. Some containers pass an empty user and an empty
     * password if none are configured.
     */
    private static boolean isConfigured(RedisConnectionRequestInfo found) {
        boolean isEmpty = found.user() != null
                && found.user().isEmpty()
                && (found.password() == null || found.password().isEmpty());
        return found.user() == null || found.user().equals(CONFIGURED_USER) || isEmpty;
    }

    /**
     * Returns the properties of a connection: the given credentials take precedence over the settings of this factory,
     * which take precedence over those of the resource adapter.
     */
    private ConnectionProperties merged(RedisConnectionRequestInfo credentials) {
        RedisManagedConnectionFactory merged = new RedisManagedConnectionFactory();
        useCredentials(merged, credentials.user(), credentials.password());
        useCredentials(merged, getUser(), getPassword());
        Configuration.inherit(merged, this);
        if (resourceAdapter != null) {
            Configuration.inherit(merged, resourceAdapter);
        }
        Configuration.applyDefaults(merged);
        return merged;
    }

    /** Returns the properties of a connection for which the application specifies no credentials. */
    ConnectionProperties asConfigured() {
        return merged(RedisConnectionRequestInfo.AS_CONFIGURED);
    }

    /** @throws RedisQueueException if there is no resource adapter to deliver messages, as without a container */
    ListenerHost listenerHost() {
        if (resourceAdapter instanceof ListenerHost host) {
            return host;
        }
        throw new RedisQueueException(
                "RQ-127 The connection factory has no resource adapter, which activating listeners and administering queues requires.");
    }

    /** Returns the observer of the messages that connections receive. */
    DeliveryObserver observer(ResourceManager manager) {
        DeliveryObserver telemetry =
                Telemetry.of(manager.client(), manager.operations()).observer();
        if (resourceAdapter instanceof ListenerHost host) {
            ServerStatistics statistics = ServerStatistics.of(manager.client(), manager.operations(), manager.timer());
            return new Observers(host.observer(), statistics.receiving(), telemetry);
        }
        return new Observers(new LoggingObserver(), telemetry);
    }

    /** Tells the adapter, if there is one, that a connection was created. */
    void join(ResourceManager manager) {
        if (resourceAdapter instanceof ListenerHost host) {
            host.join(manager);
        }
    }

    /** Tells the adapter, if there is one, that a connection has ended. */
    void leave(ResourceManager manager) {
        if (resourceAdapter instanceof ListenerHost host) {
            host.leave(manager);
        }
    }

    /**
     * Takes user and password from the same source, so that a user is never combined with a different user's password.
     */
    private static void useCredentials(ConnectionProperties merged, @Nullable String user, @Nullable String password) {
        if (merged.getUser() == null && user != null) {
            merged.setUser(user);
            merged.setPassword(password == null ? "" : password);
        }
    }

    @Override
    public @Nullable ResourceAdapter getResourceAdapter() {
        return resourceAdapter;
    }

    @Override
    public void setResourceAdapter(ResourceAdapter resourceAdapter) {
        this.resourceAdapter = resourceAdapter;
    }

    @Override
    public TransactionSupportLevel getTransactionSupport() {
        return TransactionSupportLevel.XATransaction;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        logWriter = out;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return logWriter;
    }

    /**
     * Factories with equal settings are equal (Jakarta Connectors 2.1, 6.5.2.2). Pools compare factories several times
     * for each connection that they hand out. They nearly always compare a factory with itself, so identity is checked
     * first.
     */
    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof RedisManagedConnectionFactory factory
                        && Configuration.values(this).equals(Configuration.values(factory))
                        && Objects.equals(resourceAdapter, factory.resourceAdapter);
    }

    @Override
    public int hashCode() {
        return Configuration.values(this).hashCode();
    }
}
