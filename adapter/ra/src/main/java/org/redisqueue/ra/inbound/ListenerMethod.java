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
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.SendTo;
import org.redisqueue.spi.ListenerSignature;
import org.redisqueue.spi.QueueName;

/** A method of an endpoint that takes the messages of one queue: which one it is, and what it is called with. */
final class ListenerMethod {

    private final Class<?> endpoint;
    private final String queue;
    private final Method method;
    private final Method implementation;
    private final ListenerSignature signature;

    private ListenerMethod(
            Class<?> endpoint, String queue, Method method, Method implementation, ListenerSignature signature) {
        this.endpoint = endpoint;
        this.queue = queue;
        this.method = method;
        this.implementation = implementation;
        this.signature = signature;
    }

    /**
     * The listener methods of an endpoint.
     *
     * @param configuredQueue the queue of the activation; null or empty if it has none
     * @throws NotSupportedException if a method cannot be called, saying which and why
     * @throws InvalidPropertyException if a queue is not named, or its name is none
     */
    static List<ListenerMethod> of(Class<?> endpoint, String configuredQueue)
            throws NotSupportedException, InvalidPropertyException {
        if (RedisMessageListener.class.isAssignableFrom(endpoint)) {
            return List.of(new ListenerMethod(
                    endpoint,
                    requireQueue(configuredQueue, endpoint.getName()),
                    onMessage(RedisMessageListener.class),
                    onMessage(endpoint),
                    ListenerSignature.of(RedisMessageListener.class, onMessage(RedisMessageListener.class))));
        }
        List<Method> methods = annotated(endpoint);
        if (methods.isEmpty()) {
            throw new NotSupportedException("RQ-115 " + endpoint.getName()
                    + " has no listener: it implements RedisMessageListener, or has methods with @RedisQueueListener");
        }
        List<ListenerMethod> listeners = new ArrayList<>();
        Set<String> queues = new HashSet<>();
        for (Method method : methods) {
            String own = ownQueue(method);
            boolean configured = isSet(configuredQueue) && (methods.size() == 1 || own.isEmpty());
            String queue = requireQueue(configured ? configuredQueue : own, method.toGenericString());
            if (!queues.add(queue)) {
                throw unusable(method, "another listener method of the bean consumes queue '" + queue + "' already");
            }
            listeners.add(new ListenerMethod(endpoint, queue, method, method, signature(endpoint, method)));
        }
        return listeners;
    }

    String queue() {
        return queue;
    }

    /** The bean class. */
    Class<?> endpoint() {
        return endpoint;
    }

    /** The method, as the container is told of it. */
    Method method() {
        return method;
    }

    /** The method that runs: with {@link RedisMessageListener}, the one of the bean class or its superclass. */
    Method implementation() {
        return implementation;
    }

    /**
     * Whether a call that ended with this exception has reached the listener's code. An exception that another thread
     * has created can only come from there.
     *
     * @param thrown by {@link #invoke}
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
     * What the method is called with for this message.
     *
     * @throws org.redisqueue.spi.UnreadableMessageException if the message does not fit
     */
    Object[] arguments(RedisMessage message) {
        return signature.arguments(message);
    }

    /**
     * Calls the method.
     *
     * @throws Throwable what it throws
     */
    void invoke(Object endpoint, Object[] values) throws Throwable {
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
        try {
            return type.getMethod("onMessage", RedisMessage.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param listener for the message
     * @throws InvalidPropertyException if it is not set, or no name of a queue
     */
    static String requireQueue(String name, String listener) throws InvalidPropertyException {
        if (!isSet(name)) {
            throw new InvalidPropertyException(
                    "RQ-116 No queue for " + listener + ": set the activation property 'queue'");
        }
        try {
            return QueueName.require(name);
        } catch (IllegalArgumentException e) {
            throw new InvalidPropertyException(e.getMessage() + ", for " + listener);
        }
    }

    private static boolean isSet(String text) {
        return text != null && !text.isEmpty();
    }

    /** What the annotation of a message-driven bean can say: the rest is its activation configuration. */
    private static String ownQueue(Method method) throws NotSupportedException {
        RedisQueueListener annotation = method.getAnnotation(RedisQueueListener.class);
        boolean more = annotation.maxConcurrency() != 0
                || annotation.properties().length > 0
                || annotation.optional()
                || !annotation.name().isEmpty()
                || !annotation.connectionFactory().isEmpty();
        if (more || method.isAnnotationPresent(SendTo.class)) {
            throw unusable(
                    method,
                    "in a message-driven bean @RedisQueueListener has a queue alone, and @SendTo has no effect: use its"
                            + " activation configuration, or a CDI bean");
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
        int others = signature.others().size();
        if (others > 0) {
            throw unusable(
                    method,
                    "it has " + (others + 1) + " parameters without @Header, where one is needed: RedisMessage,"
                            + " String, byte[] or a type that is read from JSON");
        }
        return signature;
    }

    private static NotSupportedException unusable(Method method, String reason) {
        return new NotSupportedException(
                "RQ-117 Listener method " + method.toGenericString() + " cannot be called: " + reason);
    }

    @Override
    public String toString() {
        return endpoint.getSimpleName() + "." + method.getName();
    }
}
