// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.UnavailableException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.transaction.TransactionSynchronizationRegistry;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.telemetry.ListenerCall;
import org.redisqueue.ra.transaction.DeliveryConsumption;
import org.redisqueue.ra.transaction.RedisXAResource;
import org.redisqueue.spi.UnreadableMessageException;

/**
 * Calls a message-driven bean (Jakarta Connectors 2.1, 13.5.6 "Message Delivery Semantics: option B").
 *
 * <p>Only the calls of the XAResource determine the outcome of a delivery in a transaction, because containers differ
 * in the exceptions that they throw.
 */
final class MessageEndpointCaller implements Caller {

    private final ListenerMethod listener;
    private final MessageEndpointFactory endpoints;
    private final ClassLoader context;
    private final Inbound inbound;
    private final TransactionGuard guard;
    private final @Nullable RedisXAResource resource;
    private @Nullable MessageEndpoint endpoint;

    /**
     * @param context the context class loader for reading messages
     * @param guard for deliveries without transactions
     * @param resource null without transactions
     */
    MessageEndpointCaller(
            ListenerMethod listener,
            MessageEndpointFactory endpoints,
            ClassLoader context,
            Inbound inbound,
            TransactionGuard guard,
            @Nullable RedisXAResource resource) {
        this.listener = listener;
        this.endpoints = endpoints;
        this.context = context;
        this.inbound = inbound;
        this.guard = guard;
        this.resource = resource;
    }

    @Override
    public CallResult call(RedisMessage message, DeliveryConsumption delivery, ListenerCall telemetry) {
        Object[] arguments;
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        try {
            thread.setContextClassLoader(context);
            arguments = listener.arguments(message);
        } catch (UnreadableMessageException e) {
            return CallResult.unreadable(e);
        } finally {
            thread.setContextClassLoader(loader);
        }
        return callIn(delivery, arguments, telemetry);
    }

    @Override
    public CallResult call(Batch batch, ListenerCall telemetry) {
        return callIn(batch.delivery(), new Object[] {batch.contents()}, telemetry);
    }

    private CallResult callIn(DeliveryConsumption delivery, Object[] arguments, ListenerCall telemetry) {
        if (resource != null) {
            resource.deliver(delivery);
        }
        try {
            return call(arguments, delivery, telemetry);
        } finally {
            if (resource != null) {
                resource.deliver(null);
            }
        }
    }

    private CallResult call(Object[] arguments, DeliveryConsumption delivery, ListenerCall telemetry) {
        Throwable thrown = null;
        boolean called = false;
        boolean ended = false;
        try {
            if (endpoint == null) {
                endpoint = createEndpoint();
            }
            endpoint.beforeDelivery(listener.method());
            if (resource == null) {
                thrown = guard.foreignTransaction().orElse(null);
            }
            if (thrown == null) {
                called = true;
                begin(telemetry);
                try {
                    listener.invoke(endpoint, arguments);
                } catch (Throwable e) {
                    thrown = e;
                    called = !ListenerFailure.isRefusal(e) || listener.hasRun(e);
                    if (ListenerFailure.isThrownByContainer(e)) {
                        rollBack(delivery); // WildFly would commit a call that failed before reaching the bean
                    }
                }
            }
            endpoint.afterDelivery();
            ended = true;
            return result(called, thrown, null);
        } catch (ResourceException | NoSuchMethodException | RuntimeException | LinkageError e) {
            if (called || thrown == null) {
                LogMessage.ENDPOINT_FAILED.log(
                        delivery.lease().queue(), delivery.lease().id(), ListenerFailure.describe(e));
            }
            return result(called, thrown, e);
        } finally {
            if (!ended) {
                release();
            }
        }
    }

    /** Begins telemetry with the class loader of the bean, by which servers find the application. */
    private void begin(ListenerCall telemetry) {
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        try {
            thread.setContextClassLoader(endpoints.getEndpointClass().getClassLoader());
            telemetry.begin();
        } finally {
            thread.setContextClassLoader(loader);
        }
    }

    private static CallResult result(boolean called, @Nullable Throwable thrown, @Nullable Throwable failure) {
        return new CallResult(called ? CallResult.Kind.CALLED : CallResult.Kind.REFUSED, thrown, failure);
    }

    private MessageEndpoint createEndpoint() throws UnavailableException {
        return endpoints.createEndpoint(
                resource == null ? null : inbound.names().named(resource));
    }

    /**
     * Ensures that the delivery on this thread rolls back, even if the container tries to commit it. If the container
     * gives access to its transactions, the transaction is marked for rollback, so that the container neither tries to
     * commit it nor reports a failure.
     */
    private void rollBack(DeliveryConsumption delivery) {
        if (resource == null) {
            return;
        }
        delivery.setRollbackOnly();
        try {
            TransactionSynchronizationRegistry transactions =
                    inbound.container().getTransactionSynchronizationRegistry();
            if (transactions != null) {
                transactions.setRollbackOnly();
            }
        } catch (RuntimeException e) {
            // The transaction has ended, or cannot be marked. The adapter's branch does not commit in either case.
        }
    }

    @Override
    public void release() {
        if (endpoint != null) {
            try {
                endpoint.release();
            } catch (RuntimeException e) {
                LogMessage.ENDPOINT_FAILED.log(listener.queue(), "-", ListenerFailure.describe(e));
            }
            endpoint = null;
        }
    }
}
