// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import jakarta.resource.NotSupportedException;
import jakarta.resource.spi.InvalidPropertyException;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.PublishTo;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.SendTo;
import org.redisqueue.internal.ListenerRules;
import org.redisqueue.internal.ListenerSignature;
import org.redisqueue.ra.inbound.EndpointCheck;

/**
 * A listener of an application: {@code onMessage} of a bean, or one of its annotated methods. What would fail its
 * deployment is refused.
 */
public final class TestListener {

    private final Class<?> type;
    private final Method method;
    private final ListenerTarget target;
    private final ListenerSettings settings;
    private final TransactionRules transactions;
    private final ListenerSignature signature;
    private final InjectedParameters injected;

    private TestListener(
            Class<?> type,
            Method method,
            ListenerTarget target,
            ListenerSettings settings,
            TransactionRules transactions,
            ListenerSignature signature) {
        this.type = type;
        this.method = method;
        this.target = target;
        this.settings = settings;
        this.transactions = transactions;
        this.signature = signature;
        this.injected = new InjectedParameters(type, method, signature);
        method.setAccessible(true);
    }

    /**
     * Finds the listener of an object.
     *
     * @param bean a {@link RedisMessageListener}, or an object with methods annotated with {@link RedisQueueListener}
     * @param queue the queue whose listener is wanted, if the bean has several
     * @throws IllegalArgumentException if the bean has no listener, or none for this queue, or the listener is invalid
     */
    public static TestListener of(Object bean, String queue) {
        Class<?> type = ListenerMethods.applicationClass(bean.getClass());
        List<Method> methods = ListenerMethods.annotated(type);
        if (bean instanceof RedisBatchListener) {
            Method onMessages = ListenerMethods.onMessages(RedisBatchListener.class);
            return messageDriven(bean, type, onMessages, ListenerMethods.onMessages(type), true, queue);
        }
        if (bean instanceof RedisMessageListener) {
            Method onMessage = ListenerMethods.onMessage(RedisMessageListener.class);
            return messageDriven(bean, type, onMessage, ListenerMethods.onMessage(type), true, queue);
        } else if (methods.isEmpty()) {
            throw new IllegalArgumentException("An object of " + type + " is not a listener. It must implement"
                    + " RedisMessageListener or RedisBatchListener, or have a method annotated with"
                    + " @RedisQueueListener.");
        }
        Method method = ListenerMethods.select(type, methods, queue);
        boolean only = methods.size() == 1;
        if (ListenerMethods.isMessageDriven(type)) {
            return messageDriven(bean, type, method, method, only, queue);
        }
        Optional<ContextualBean<?>> proxied = bean.getClass() == type ? Optional.empty() : CdiBeans.ofClass(type);
        return proxied.isPresent()
                ? contextual(proxied.get(), method)
                : ofCdi(type, method, (called, arguments) -> called.invoke(bean, arguments), scope(type));
    }

    /**
     * Finds the listener of a queue among the CDI beans.
     *
     * @throws IllegalArgumentException if the listener is invalid
     * @throws IllegalStateException if there is no CDI container, or not exactly one bean with such a listener
     */
    public static TestListener ofQueue(String queue) {
        ContextualBean<?> found = CdiBeans.listener(queue);
        Class<?> type = found.bean().getBeanClass();
        return contextual(found, ListenerMethods.select(type, ListenerMethods.annotated(type), queue));
    }

    private static TestListener messageDriven(
            Object bean, Class<?> type, Method method, Method implementation, boolean only, String queue) {
        try {
            EndpointCheck.check(type, ListenerSettings.configuredQueue(type).orElse(queue));
        } catch (NotSupportedException | InvalidPropertyException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        ListenerSettings settings = ListenerSettings.of(type, implementation, only);
        if (!(bean instanceof RedisBatchListener)) {
            settings.requireNoBatches();
        }
        return new TestListener(
                type,
                method,
                (called, arguments) -> called.invoke(bean, arguments),
                settings,
                EnterpriseTransactions.of(type, implementation),
                signature(type, method));
    }

    private static ListenerSignature signature(Class<?> type, Method method) {
        Class<?> declaring = method.getDeclaringClass();
        if (declaring == RedisBatchListener.class) {
            return ListenerSignature.ofBatch(declaring, method);
        }
        return ListenerSignature.of(declaring == RedisMessageListener.class ? declaring : type, method);
    }

    private static TestListener contextual(ContextualBean<?> bean, Method method) {
        return ofCdi(bean.bean().getBeanClass(), method, bean, bean.bean().getScope());
    }

    private static TestListener ofCdi(
            Class<?> type, Method method, ListenerTarget target, @Nullable Class<? extends Annotation> scope) {
        CdiTransactions transactions = CdiTransactions.of(type, method);
        ListenerRules.problem(method, scope, transactions.attribute()).ifPresent(problem -> {
            throw unusable(type, method, new IllegalArgumentException(problem));
        });
        TestListener listener;
        try {
            ListenerSignature signature =
                    method.getAnnotation(RedisQueueListener.class).batch() == 0
                            ? ListenerSignature.of(type, method)
                            : ListenerSignature.ofBatch(type, method);
            ListenerSettings settings = ListenerSettings.of(type, method, true);
            listener = new TestListener(type, method, target, settings, transactions, signature);
        } catch (IllegalArgumentException e) {
            throw unusable(type, method, e);
        }
        if (listener.signature.receivesBatches()) {
            listener.settings.validate();
        } else {
            listener.settings.requireNoBatches();
        }
        return listener;
    }

    private static IllegalArgumentException unusable(Class<?> type, Method method, IllegalArgumentException problem) {
        return new IllegalArgumentException(
                "RQ-501 Listener method '" + type.getName() + "." + method.getName() + "' cannot be called: "
                        + problem.getMessage(),
                problem);
    }

    /** Returns the scope in the annotations of a class that a test has instantiated. */
    private static @Nullable Class<? extends Annotation> scope(Class<?> type) {
        return Arrays.stream(type.getAnnotations())
                .<Class<? extends Annotation>>map(Annotation::annotationType)
                .filter(each -> each.getPackageName().equals("jakarta.enterprise.context"))
                .findFirst()
                .orElse(null);
    }

    /**
     * Checks that the listener consumes a queue. A listener whose annotations name no queue can consume any.
     *
     * @throws IllegalArgumentException if it consumes a different queue
     */
    public TestListener requireQueue(String queue) {
        settings.queue().filter(own -> !own.equals(queue)).ifPresent(own -> {
            throw new IllegalArgumentException("Listener '" + type.getSimpleName() + "." + method.getName()
                    + "' consumes queue '" + own + "', not '" + queue + "'.");
        });
        return this;
    }

    /** {@return the activation properties of the listener} */
    public ListenerSettings settings() {
        return settings;
    }

    /** {@return whether the message is acknowledged by the commit of a transaction} */
    public boolean transacted() {
        return transactions.transacted();
    }

    /**
     * Converts a message to the arguments of the listener, without those that are injected.
     *
     * @throws org.redisqueue.spi.UnreadableMessageException if the message cannot be converted
     */
    public Object[] arguments(RedisMessage message) {
        return signature.receivesBatches()
                ? signature.batchArguments(Collections.singletonList(signature.element(message)))
                : signature.arguments(message);
    }

    /**
     * Converts messages to the arguments of a batch listener, without those that are injected.
     *
     * @throws IllegalArgumentException if it is not a batch listener
     * @throws org.redisqueue.spi.UnreadableMessageException if a message cannot be converted
     */
    public Object[] arguments(List<? extends RedisMessage> messages) {
        if (!signature.receivesBatches()) {
            throw new IllegalArgumentException(
                    "Listener '" + type.getSimpleName() + "." + method.getName()
                            + "' receives single messages. Set @RedisQueueListener(batch = …), or implement RedisBatchListener.");
        }
        return signature.batchArguments(
                messages.stream().<Object>map(signature::element).toList());
    }

    /**
     * Calls the listener, and sends its return value if it is annotated with {@link SendTo} or {@link PublishTo}.
     *
     * @throws CommittingException if the listener throws an exception after which the transaction commits
     * @throws Throwable what the listener throws otherwise
     */
    public void call(Object[] arguments, RedisQueueConnectionFactory connections) throws Throwable {
        Object result;
        try {
            result = injected.<Optional<Object>>inject(
                            arguments, () -> Optional.ofNullable(target.call(method, arguments)))
                    .orElse(null);
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getTargetException();
            throw transactions.commitsDespite(thrown) ? new CommittingException(thrown) : thrown;
        }
        SendTo to = method.getAnnotation(SendTo.class);
        Object body = result instanceof Optional<?> optional ? optional.orElse(null) : result;
        PublishTo topic = method.getAnnotation(PublishTo.class);
        if (body != null && (to != null || topic != null)) {
            try (RedisQueueConnection connection = connections.createConnection()) {
                if (to != null) {
                    connection.send(Expressions.resolve(to.value()), body);
                }
                if (topic != null) {
                    connection.publish(Expressions.resolve(topic.value()), body);
                }
            }
        }
    }
}
