// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.LocalTransaction;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionMetaData;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.BorrowedThread;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisqueue.ra.client.Replies;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.protocol.InspectionResult;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.telemetry.Telemetry;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.DeliveryConsumption;
import org.redisqueue.ra.transaction.RedisXAResource;
import org.redisqueue.ra.transaction.ResourceManager;

/**
 * A connection in the container's pool (Jakarta Connectors 2.1, 6.5.3). It owns only its handles and its transaction.
 * The sockets belong to the Redisson client, which it shares with other connections.
 */
final class RedisManagedConnection implements ManagedConnection {

    private final RedisManagedConnectionFactory factory;
    private final RedisConnectionRequestInfo credentials;
    private final ResourceManager manager;
    private final RedisXAResource resource;
    private final XAResource named;
    private final Publisher publisher;
    private final Receiver receiver;
    private final ConnectionTransaction transaction;
    private final Set<ConnectionHandle> handles = new CopyOnWriteArraySet<>();
    private final List<ConnectionEventListener> listeners = new CopyOnWriteArrayList<>();
    private boolean destroyed;
    private @Nullable PrintWriter logWriter;

    RedisManagedConnection(
            RedisManagedConnectionFactory factory,
            RedisConnectionRequestInfo credentials,
            ConnectionProperties properties) {
        this.factory = factory;
        this.credentials = credentials;
        this.manager = ResourceManager.acquire(properties);
        this.resource = new RedisXAResource(manager);
        this.named = factory.named(resource);
        Telemetry telemetry = Telemetry.of(manager.client(), manager.operations());
        this.publisher = new Publisher(manager, telemetry, this::failed);
        this.receiver = new Receiver(manager, factory.observer(manager), telemetry);
        this.transaction = new ConnectionTransaction(manager);
        factory.join(manager);
    }

    /** Returns whether the connection is open and was created by an equal factory for the same credentials. */
    boolean matches(RedisManagedConnectionFactory other, RedisConnectionRequestInfo wanted) {
        return !destroyed && factory.equals(other) && credentials.equals(wanted);
    }

    /** Returns whether Redis answers. A connection whose client has not connected yet is also valid. */
    boolean isValid() {
        if (destroyed) {
            return false;
        }
        if (!manager.client().isConnected()) {
            return true;
        }
        try {
            Replies.await(manager.operations().inspect("validation", 0));
            return true;
        } catch (RuntimeException e) {
            // An error reply also counts, for example if the user may not read this queue.
            return e instanceof RedisCallException failure && !failure.connectionLost();
        }
    }

    /** Sends in the current transaction, or immediately if there is none. */
    List<String> send(String queue, List<?> bodies) {
        return publisher.send(queue, bodies, branch());
    }

    /** Publishes in the current transaction, or immediately if there is none. */
    List<String> publish(String topic, List<?> bodies) {
        return publisher.publish(topic, bodies, branch());
    }

    /** Removes a scheduled message immediately, even in a transaction. */
    boolean cancelScheduled(String queue, String id) {
        return await(manager.operations().schedule().cancel(queue, id));
    }

    /** Receives in the current transaction, or acknowledges immediately if there is none. */
    Optional<RedisMessage> receive(String queue, Duration timeout) {
        try {
            return receiver.receive(queue, timeout, branch());
        } catch (RedisCallException | RedisUnavailableException e) {
            throw failed(e);
        }
    }

    /** Adds a delivery to the current JTA transaction. */
    void consume(DeliveryConsumption delivery) {
        resource.consume(delivery);
    }

    InspectionResult inspect(String queue, int deadLetters) {
        return await(manager.operations().inspect(queue, deadLetters));
    }

    <T> T unwrap(Class<T> type) {
        try {
            Object redisson = manager.client().redisson();
            if (!type.isInstance(redisson)) {
                throw new IllegalArgumentException("RQ-121 The client is of type "
                        + redisson.getClass().getName() + " and cannot be unwrapped as " + type.getName() + ".");
            }
            return type.cast(redisson);
        } catch (RedisUnavailableException e) {
            throw failed(e);
        }
    }

    /**
     * Returns the local transaction, which the application demarcates.
     *
     * @throws RedisQueueException if the connection is part of a JTA transaction
     */
    jakarta.resource.cci.LocalTransaction applicationTransaction() {
        if (resource.current().isPresent()) {
            throw new RedisQueueException(
                    "RQ-122 Local transactions are not available while the connection is part of a JTA transaction.");
        }
        return new ApplicationTransaction(this);
    }

    ConnectionTransaction transaction() {
        return transaction;
    }

    private Optional<Branch> branch() {
        Optional<Branch> distributed = resource.current();
        return distributed.isPresent() ? distributed : transaction.current();
    }

    private <T> T await(CompletableFuture<T> call) {
        try {
            return Replies.await(call);
        } catch (RedisCallException e) {
            throw failed(e);
        }
    }

    /**
     * Notifies the container if the connection to Redis failed, so that it removes this connection from its pool.
     *
     * @return the given exception, to be thrown
     */
    private RedisQueueException failed(RedisQueueException failure) {
        if (failure instanceof RedisUnavailableException
                || failure instanceof RedisCallException call && call.connectionLost()) {
            ResourceException cause = new ResourceException(failure.getMessage(), failure);
            fire(new ConnectionEvent(this, ConnectionEvent.CONNECTION_ERROR_OCCURRED, cause));
        }
        return failure;
    }

    /** Reports to the container that the application has closed this handle. */
    void closed(ConnectionHandle handle) {
        if (handles.remove(handle)) {
            BorrowedThread.removeThreadLocals(); // the unwrapped Redisson client may have used this thread
            ConnectionEvent event = new ConnectionEvent(this, ConnectionEvent.CONNECTION_CLOSED);
            event.setConnectionHandle(handle);
            fire(event);
        }
    }

    void fire(ConnectionEvent event) {
        for (ConnectionEventListener listener : listeners) {
            switch (event.getId()) {
                case ConnectionEvent.CONNECTION_CLOSED -> listener.connectionClosed(event);
                case ConnectionEvent.LOCAL_TRANSACTION_STARTED -> listener.localTransactionStarted(event);
                case ConnectionEvent.LOCAL_TRANSACTION_COMMITTED -> listener.localTransactionCommitted(event);
                case ConnectionEvent.LOCAL_TRANSACTION_ROLLEDBACK -> listener.localTransactionRolledback(event);
                default -> listener.connectionErrorOccurred(event);
            }
        }
    }

    @Override
    public Object getConnection(@Nullable Subject subject, @Nullable ConnectionRequestInfo info) {
        ConnectionHandle handle = new ConnectionHandle(this);
        handles.add(handle);
        return handle;
    }

    @Override
    public void associateConnection(Object connection) throws ResourceException {
        if (!(connection instanceof ConnectionHandle handle)) {
            throw new ResourceException(
                    "RQ-121 Connection '" + connection + "' does not belong to this resource adapter.");
        }
        handles.add(handle);
        RedisManagedConnection previous = handle.associate(this);
        if (previous != null && previous != this) {
            previous.handles.remove(handle); // otherwise its cleanup would close the handle
        }
    }

    /**
     * Closes the handles and rolls back a local transaction that was left open. The pool can then reuse the
     * connection.
     */
    @Override
    public void cleanup() {
        handles.forEach(handle -> handle.associate(null));
        handles.clear();
        resource.dissociate();
        transaction.reset();
    }

    @Override
    public void destroy() {
        if (!destroyed) {
            cleanup();
            destroyed = true;
            factory.leave(manager);
            manager.release();
        }
    }

    @Override
    public XAResource getXAResource() {
        return named;
    }

    @Override
    public LocalTransaction getLocalTransaction() {
        return transaction;
    }

    @Override
    public void addConnectionEventListener(ConnectionEventListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeConnectionEventListener(ConnectionEventListener listener) {
        listeners.remove(listener);
    }

    @Override
    public ManagedConnectionMetaData getMetaData() {
        return new MetaData(manager.client().settings().getUser());
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        logWriter = out;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return logWriter;
    }

    private record MetaData(@Nullable String getUserName) implements ManagedConnectionMetaData {

        @Override
        public String getEISProductName() {
            return ResourceManager.PRODUCT;
        }

        @Override
        public String getEISProductVersion() {
            return ResourceManager.PRODUCT_VERSION;
        }

        @Override
        public int getMaxConnections() {
            return 0;
        }
    }
}
