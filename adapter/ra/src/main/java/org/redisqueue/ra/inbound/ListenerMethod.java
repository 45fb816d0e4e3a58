// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.NotSupportedException;
import jakarta.resource.spi.InvalidPropertyException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.redisqueue.PublishTo;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.SendTo;
import org.redisqueue.internal.ListenerSignature;
import org.redisqueue.internal.QueueName;
import org.redisqueue.internal.TopicName;

/** A listener method of an endpoint, with its queue and its parameters. */
final class ListenerMethod {

    private final Class<?> endpoint;
    private final String queue;
    private final Optional<String> topic;
    private final Method method;
    private final Method implementation;
    private final ListenerSignature signature;

    private ListenerMethod(
            Class<?> endpoint,
            String queue,
            Optional<String> topic,
            Method method,
            Method implementation,
            ListenerSignature signature) {
        this.endpoint = endpoint;
        this.queue = queue;
        this.topic = topic;
        this.method = method;
        this.implementation = implementation;
        this.signature = signature;
    }

    /**
     * Returns the listener methods of an endpoint.
     *
     * @param configuredQueue the queue of the activation; null or empty if it has none
     * @param configuredTopic the topic of the activation, which applies to all methods that name none, or to the only one;
     *     null or empty if it has none
     * @throws NotSupportedException if a method cannot be called; the message states which and why
     * @throws InvalidPropertyException if a queue name is missing or invalid, or a topic name is invalid
     */
    static List<ListenerMethod> of(
            Class<?> endpoint, @Nullable String configuredQueue, @Nullable String configuredTopic)
            throws NotSupportedException, InvalidPropertyException {
        if (RedisBatchListener.class.isAssignableFrom(endpoint)) {
            return List.of(batchListener(endpoint, configuredQueue, configuredTopic));
        }
        if (RedisMessageListener.class.isAssignableFrom(endpoint)) {
            return List.of(new ListenerMethod(
                    endpoint,
                    requireQueue(configuredQueue, endpoint.getName()),
                    topic(configuredTopic, endpoint.getName()),
                    onMessage(RedisMessageListener.class),
                    onMessage(endpoint),
                    ListenerSignature.of(RedisMessageListener.class, onMessage(RedisMessageListener.class))));
        }
        List<Method> methods = annotated(endpoint);
        if (methods.isEmpty()) {
            throw new NotSupportedException("RQ-115 Message-driven bean '" + endpoint.getName()
                    + "' has no listener. Implement RedisMessageListener or RedisBatchListener, or annotate a method with"
                    + " @RedisQueueListener.");
        }
        List<ListenerMethod> listeners = new ArrayList<>();
        Set<String> queues = new HashSet<>();
        for (Method method : methods) {
            String own = annotatedQueue(method);
            boolean configured = isSet(configuredQueue) && (methods.size() == 1 || own.isEmpty());
            String queue = requireQueue(configured ? configuredQueue : own, method.toGenericString());
            if (!queues.add(queue)) {
                throw unusable(method, "another listener method of the bean already consumes queue '" + queue + "'");
            }
            String ownTopic = method.getAnnotation(RedisQueueListener.class).topic();
            boolean configuresTopic = isSet(configuredTopic) && (methods.size() == 1 || ownTopic.isEmpty());
            Optional<String> topic = topic(configuresTopic ? configuredTopic : ownTopic, method.toGenericString());
            listeners.add(new ListenerMethod(endpoint, queue, topic, method, method, signature(endpoint, method)));
        }
        return listeners;
    }

    private static ListenerMethod batchListener(
            Class<?> endpoint, @Nullable String configuredQueue, @Nullable String configuredTopic)
            throws NotSupportedException, InvalidPropertyException {
        if (RedisMessageListener.class.isAssignableFrom(endpoint)) {
            throw unusable(
                    onMessages(endpoint),
                    "its bean also implements RedisMessageListener; use one bean for single messages and one for"
                            + " batches");
        }
        Method method = onMessages(RedisBatchListener.class);
        return new ListenerMethod(
                endpoint,
                requireQueue(configuredQueue, endpoint.getName()),
                topic(configuredTopic, endpoint.getName()),
                method,
                onMessages(endpoint),
                ListenerSignature.ofBatch(RedisBatchListener.class, method));
    }

    /** Returns whether each call of the method receives a batch. */
    boolean receivesBatches() {
        return signature.receivesBatches();
    }

    String queue() {
        return queue;
    }

    /** Returns the topic to bind the queue to; empty if there is none. */
    Optional<String> topic() {
        return topic;
    }

    /** Returns the bean class. */
    Class<?> endpoint() {
        return endpoint;
    }

    /** Returns the method that is passed to the container. */
    Method method() {
        return method;
    }

    /**
     * Returns the method that runs. For a {@link RedisMessageListener}, it is that of the bean class or its superclass.
     */
    Method implementation() {
        return implementation;
    }

    /**
     * Returns whether a call that ended with this exception has reached the listener's code. An exception that was
     * created on a different thread can only come from there.
     *
     * @param thrown the exception that {@link #invoke} has thrown
     */
    boolean hasRun(Throwable thrown) {
        for (StackTraceElement frame : thrown.getStackTrace()) {
            if (frame.getClassName().equals(implementation.getDeclaringClass().getName())
                    && frame.getMethodName().equals(implementation.getName())) {
                return true;
            }
            if (frame.getClassName().equals(ListenerMethod.class.getName())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the arguments for a call of the method with this message.
     *
     * @throws org.redisqueue.spi.UnreadableMessageException if the message does not match the parameters of the method
     */
    Object[] arguments(RedisMessage message) {
        return signature.arguments(message);
    }

    /**
     * Calls the method.
     *
     * @throws Throwable the exception that the method throws
     */
    void invoke(Object endpoint, Object[] values) throws Throwable {
        if (receivesBatches() && endpoint instanceof RedisBatchListener listener) {
            @SuppressWarnings("unchecked")
            List<RedisMessage> batch = (List<RedisMessage>) values[0];
            listener.onMessages(batch);
            return;
        }
        if (endpoint instanceof RedisMessageListener listener) {
            listener.onMessage((RedisMessage) values[0]);
            return;
        }
        Optional<InvocationHandler> handler = MaskingEndpoint.handler(endpoint);
        if (handler.isPresent()) {
            handler.get().invoke(endpoint, method, values);
            return;
        }
        try {
            method.invoke(endpoint, values);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Method onMessage(Class<?> type) {
        return method(type, "onMessage", RedisMessage.class);
    }

    private static Method onMessages(Class<?> type) {
        return method(type, "onMessages", List.class);
    }

    private static Method method(Class<?> type, String name, Class<?> parameter) {
        try {
            return type.getMethod(name, parameter);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns the queue name.
     *
     * @param listener description of the listener for the error message
     * @throws InvalidPropertyException if the name is not set or not a valid queue name
     */
    static String requireQueue(@Nullable String name, String listener) throws InvalidPropertyException {
        if (!isSet(name)) {
            throw new InvalidPropertyException("RQ-116 No queue is configured for listener '" + listener
                    + "'. Set the activation property 'queue', or the queue of @RedisQueueListener.");
        }
        try {
            return QueueName.require(name);
        } catch (IllegalArgumentException e) {
            throw new InvalidPropertyException(e.getMessage() + " (listener '" + listener + "')");
        }
    }

    /** @throws InvalidPropertyException if the name is set and not a valid topic name */
    private static Optional<String> topic(@Nullable String name, String listener) throws InvalidPropertyException {
        if (!isSet(name)) {
            return Optional.empty();
        }
        try {
            return Optional.of(TopicName.require(name));
        } catch (IllegalArgumentException e) {
            throw new InvalidPropertyException(e.getMessage() + " (listener '" + listener + "')");
        }
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    /**
     * Returns the queue of the annotation. In a message-driven bean, the annotation can have no other element than the queue
     * and the topic: the activation configuration contains the other settings.
     */
    private static String annotatedQueue(Method method) throws NotSupportedException {
        RedisQueueListener annotation = method.getAnnotation(RedisQueueListener.class);
        boolean more = annotation.maxConcurrency() != 0
                || annotation.batch() != 0
                || annotation.properties().length > 0
                || annotation.optional()
                || !annotation.name().isEmpty()
                || !annotation.connectionFactory().isEmpty();
        if (more || method.isAnnotationPresent(SendTo.class) || method.isAnnotationPresent(PublishTo.class)) {
            throw unusable(
                    method,
                    "in a message-driven bean, @RedisQueueListener supports only the elements 'queue' and 'topic', and"
                            + " @SendTo and @PublishTo are not supported; use activation properties, or a CDI bean");
        }
        return annotation.queue();
    }

    private static List<Method> annotated(Class<?> endpoint) throws NotSupportedException {
        for (Class<?> type = endpoint; type != null && type != Object.class; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                boolean visible = Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers());
                if (method.isAnnotationPresent(RedisQueueListener.class) && !visible) {
                    throw unusable(method, "it must be public and not static");
                }
            }
        }
        List<Method> found = new ArrayList<>();
        for (Method method : endpoint.getMethods()) {
            if (method.isAnnotationPresent(RedisQueueListener.class) && !method.isBridge()) {
                found.add(method);
            }
        }
        return found;
    }

    private static ListenerSignature signature(Class<?> endpoint, Method method) throws NotSupportedException {
        ListenerSignature signature;
        try {
            signature = ListenerSignature.of(endpoint, method);
        } catch (IllegalArgumentException e) {
            throw unusable(method, e.getMessage());
        }
        List<Integer> others = signature.others();
        if (!others.isEmpty()) {
            String remedy = others.stream()
                    .flatMap(position -> signature.forgottenHeader(position).stream())
                    .findFirst()
                    .map(". "::concat)
                    .orElse("");
            throw unusable(
                    method,
                    "it has " + (others.size() + 1) + " parameters without @Header, but must have exactly one: a"
                            + " RedisMessage, a String, a byte[] or a type to deserialize from JSON" + remedy);
        }
        return signature;
    }

    private static NotSupportedException unusable(Method method, @Nullable String reason) {
        return new NotSupportedException(
                "RQ-117 Listener method '" + method.toGenericString() + "' cannot be called: " + reason);
    }

    @Override
    public String toString() {
        return endpoint.getSimpleName() + "." + method.getName();
    }
}
