// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.UserTransaction;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.internal.ListenerSignature;
import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.UnreadableMessageException;

/** Delivers messages to a listener method of a CDI bean. */
final class BeanEndpoint implements Attempt {

    private final ListenerDefinition definition;
    private final Optional<String> sendTo;
    private final Optional<String> publishTo;
    private final Supplier<Optional<RedisQueueConnectionFactory>> connections;
    private final Deliveries deliveries;
    private final BeanManager manager;
    private final UserTransaction transactions;
    private final List<InjectionPoint> injected;

    /**
     * @param connections supplies the connection factory with which the listener is activated; empty if its activation
     *     has ended
     * @param manager the bean manager of the bean's module
     * @param transactions controls the transaction of the thread that makes an attempt
     */
    BeanEndpoint(
            ListenerDefinition definition,
            Optional<String> sendTo,
            Optional<String> publishTo,
            Supplier<Optional<RedisQueueConnectionFactory>> connections,
            Deliveries deliveries,
            BeanManager manager,
            UserTransaction transactions) {
        this.definition = definition;
        this.sendTo = sendTo;
        this.publishTo = publishTo;
        this.connections = connections;
        this.deliveries = deliveries;
        this.manager = manager;
        this.transactions = transactions;
        this.injected = definition.injectionPoints(manager);
    }

    /**
     * Calls the method.
     *
     * @return the result, which also reports exceptions and errors. They are not thrown, because containers wrap them
     *     in other exceptions
     */
    @Override
    public DeliveryResult attempt(Delivery delivery) {
        // the same factory for the whole attempt, even if the adapter stops
        Optional<RedisQueueConnectionFactory> factory = connections.get();
        Object[] arguments;
        try {
            arguments = arguments(delivery);
        } catch (Throwable e) {
            endTransaction(e);
            return DeliveryResult.failed(e);
        }
        if (arguments.length == 0) {
            return DeliveryResult.completed();
        }
        MethodCall call = new MethodCall(factory, arguments);
        try {
            if (definition.isTransacted()) {
                deliveries.inTransaction(required(factory), delivery, call);
            } else {
                deliveries.withoutTransaction(delivery, call);
            }
            return call.result();
        } catch (Throwable e) {
            endTransaction(e);
            return call.hasFailed() ? call.result() : DeliveryResult.failed(e);
        }
    }

    /** Returns the arguments of the method; none if all messages of a batch are excluded. */
    private Object[] arguments(Delivery delivery) {
        ListenerSignature signature = definition.signature();
        if (!signature.receivesBatches()) {
            return signature.arguments(delivery.message());
        }
        List<Object> elements = new ArrayList<>();
        for (RedisMessage message : delivery.messages()) {
            try {
                elements.add(signature.element(message));
            } catch (UnreadableMessageException e) {
                delivery.exclude(message, e);
            }
        }
        return elements.isEmpty() ? new Object[0] : signature.batchArguments(elements);
    }

    /**
     * Rolls back a transaction that is still associated with the thread. If the application was undeployed in the
     * meantime, the container does not end the transaction, which would otherwise remain associated with the thread.
     */
    private void endTransaction(Throwable thrown) {
        try {
            if (transactions.getStatus() != Status.STATUS_NO_TRANSACTION) {
                transactions.rollback();
            }
        } catch (SystemException | RuntimeException e) {
            thrown.addSuppressed(e);
        }
    }

    /** Wraps an error in an exception, because some containers commit if an error passes through their interceptor. */
    private static RuntimeException rollingBack(Throwable error) {
        return new RedisQueueException(error.toString(), error);
    }

    /** Calls the method on the contextual instance, because a client proxy does not support all methods. */
    private <T> void call(Optional<RedisQueueConnectionFactory> factory, Object[] arguments) throws Exception {
        @SuppressWarnings("unchecked")
        Bean<T> bean = (Bean<T>) definition.bean();
        CreationalContext<T> creation = manager.createCreationalContext(bean);
        T instance = manager.getContext(bean.getScope()).get(bean, creation);
        try {
            send(callOn(instance, arguments), factory);
        } finally {
            if (bean.getScope() == Dependent.class) {
                bean.destroy(instance, creation);
            }
        }
    }

    private @Nullable Object callOn(Object instance, Object[] arguments) throws Exception {
        CreationalContext<?> parameters = manager.createCreationalContext(null);
        try {
            for (int i = 0; i < injected.size(); i++) {
                arguments[definition.signature().others().get(i)] =
                        manager.getInjectableReference(injected.get(i), parameters);
            }
            return definition.method().invoke(instance, arguments);
        } finally {
            parameters.release();
        }
    }

    private void send(@Nullable Object result, Optional<RedisQueueConnectionFactory> factory) {
        Object body = result instanceof Optional<?> optional ? optional.orElse(null) : result;
        if (body != null && (sendTo.isPresent() || publishTo.isPresent())) {
            try (RedisQueueConnection connection = required(factory).createConnection()) {
                sendTo.ifPresent(queue -> connection.send(queue, body));
                publishTo.ifPresent(topic -> connection.publish(topic, body));
            }
        }
    }

    private static RedisQueueConnectionFactory required(Optional<RedisQueueConnectionFactory> factory) {
        return factory.orElseThrow(() -> new IllegalStateException("The activation of the listener has ended."));
    }

    /** A call of the method that records its result before a container can wrap it. */
    private final class MethodCall implements Deliveries.Call {

        private final Optional<RedisQueueConnectionFactory> factory;
        private final Object[] arguments;
        private @Nullable DeliveryResult result;

        private MethodCall(Optional<RedisQueueConnectionFactory> factory, Object[] arguments) {
            this.factory = factory;
            this.arguments = arguments;
        }

        private boolean hasFailed() {
            return result != null && result.thrown().isPresent();
        }

        /** The result. An interceptor may have returned without calling the method. */
        private DeliveryResult result() {
            return result == null
                    ? DeliveryResult.failed(new IllegalStateException("The listener was not called."))
                    : result;
        }

        @Override
        public void make() throws Exception {
            try {
                call(factory, arguments);
                result = DeliveryResult.completed();
            } catch (InvocationTargetException e) {
                Throwable thrown = e.getTargetException();
                result = DeliveryResult.failed(thrown);
                if (!definition.commitsDespite(thrown)) {
                    throw thrown instanceof Exception exception ? exception : rollingBack(thrown);
                }
            } catch (Error e) { // while creating the bean, or while sending the return value
                result = DeliveryResult.failed(e);
                throw rollingBack(e);
            }
        }
    }
}
