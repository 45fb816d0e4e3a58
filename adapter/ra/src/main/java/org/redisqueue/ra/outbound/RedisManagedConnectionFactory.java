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
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.RedisXAResource;
import org.redisqueue.ra.transaction.ResourceManager;

/**
 * Makes the connections that the container pools (Jakarta Connectors 2.1, 6.5.2). What it does not configure itself is
 * as the resource adapter has it.
 */
public class RedisManagedConnectionFactory extends ConnectionProperties
        implements ManagedConnectionFactory,
                ResourceAdapterAssociation,
                ValidatingManagedConnectionFactory,
                TransactionSupport {

    /**
     * A user of this name stands for the configured one. Servers want credentials for recovery also where the
     * configuration has them already.
     */
    public static final String CONFIGURED_USER = "as-configured";

    private static final long serialVersionUID = 1L;

    private transient ResourceAdapter resourceAdapter;
    private transient PrintWriter logWriter;
    private transient NamedResources names;

    @Override
    public Object createConnectionFactory(ConnectionManager connections) throws ResourceException {
        ConnectionProperties properties = asConfigured();
        properties.check("connection factory");
        try {
            ResourceManager.acquire(properties).release();
        } catch (RedisQueueException e) {
            throw new ResourceException(e.getMessage(), e);
        }
        names = NamedResources.knownTo(connections);
        return new ConnectionFactory(this, connections);
    }

    /** A connection factory for use without a container: each connection is new and is closed with its handle. */
    @Override
    public Object createConnectionFactory() throws ResourceException {
        return createConnectionFactory(new UnpooledConnections());
    }

    /** A managed connection. It does not connect: that is done when it is first used. */
    @Override
    public ManagedConnection createManagedConnection(Subject subject, ConnectionRequestInfo info)
            throws ResourceException {
        RedisConnectionRequestInfo credentials = credentials(subject, info);
        try {
            return new RedisManagedConnection(this, credentials, merged(credentials));
        } catch (RedisQueueException e) {
            throw new ResourceException(e.getMessage(), e);
        }
    }

    /** The XAResource of a connection as the container gets it. */
    XAResource named(RedisXAResource resource) {
        return names == null ? resource : names.named(resource);
    }

    @Override
    public ManagedConnection matchManagedConnections(
            @SuppressWarnings("rawtypes") Set connections, Subject subject, ConnectionRequestInfo info) {
        RedisConnectionRequestInfo wanted = credentials(subject, info);
        for (Object candidate : connections) {
            if (candidate instanceof RedisManagedConnection connection && connection.matches(this, wanted)) {
                return connection;
            }
        }
        return null;
    }

    /** Those of these connections that Redis does not answer on. */
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

    /** Credentials of the container come before those of the application, and both before the configured ones. */
    private RedisConnectionRequestInfo credentials(Subject subject, ConnectionRequestInfo info) {
        RedisConnectionRequestInfo found =
                info instanceof RedisConnectionRequestInfo asked ? asked : RedisConnectionRequestInfo.AS_CONFIGURED;
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

    /** Some containers pass an empty user and an empty password where none is configured. */
    private static boolean isConfigured(RedisConnectionRequestInfo found) {
        boolean isEmpty = found.user() != null
                && found.user().isEmpty()
                && (found.password() == null || found.password().isEmpty());
        return found.user() == null || found.user().equals(CONFIGURED_USER) || isEmpty;
    }

    /** The properties of a connection: the given credentials, then what is configured here, then the adapter's. */
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

    /** The properties of a connection whose application names no credentials. */
    ConnectionProperties asConfigured() {
        return merged(RedisConnectionRequestInfo.AS_CONFIGURED);
    }

    /** @throws RedisQueueException if there is none: without a container, nobody delivers */
    ListenerHost listenerHost() {
        if (resourceAdapter instanceof ListenerHost host) {
            return host;
        }
        throw new RedisQueueException("RQ-127 The connection factory has no resource adapter that could deliver");
    }

    /** User and password come from one place: a user never gets the password of another. */
    private static void useCredentials(ConnectionProperties merged, String user, String password) {
        if (merged.getUser() == null && user != null) {
            merged.setUser(user);
            merged.setPassword(password == null ? "" : password);
        }
    }

    @Override
    public ResourceAdapter getResourceAdapter() {
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
    public void setLogWriter(PrintWriter out) {
        logWriter = out;
    }

    @Override
    public PrintWriter getLogWriter() {
        return logWriter;
    }

    /**
     * Equal settings are equal factories (Jakarta Connectors 2.1, 6.5.2.2). Pools ask several times for each connection
     * that they hand out, and nearly always whether a factory equals itself.
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
