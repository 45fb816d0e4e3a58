// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.NotSupportedException;
import jakarta.resource.spi.InvalidPropertyException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.redisqueue.Header;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.ra.protocol.Keys;

/** A method of an endpoint that takes the messages of one queue: which one it is, and what it is called with. */
final class ListenerMethod {

    /** Makes one argument of a message. */
    private interface Argument {
        Object of(RedisMessage message);
    }

    private final Class<?> endpoint;
    private final String queue;
    private final Method method;
    private final List<Argument> arguments;

    private ListenerMethod(Class<?> endpoint, String queue, Method method, List<Argument> arguments) {
        this.endpoint = endpoint;
        this.queue = queue;
        this.method = method;
        this.arguments = arguments;
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
                    queue(configuredQueue, "", endpoint.getName()),
                    onMessage(),
                    List.of(message -> message)));
        }
        List<Method> methods = annotated(endpoint);
        if (methods.isEmpty()) {
            throw new NotSupportedException("RQ-115 " + endpoint.getName()
                    + " has no listener: it implements RedisMessageListener, or has methods with @RedisQueueListener");
        }
        List<ListenerMethod> listeners = new ArrayList<>();
        Set<String> queues = new HashSet<>();
        for (Method method : methods) {
            String own = method.getAnnotation(RedisQueueListener.class).queue();
            String configured = methods.size() == 1 || own.isEmpty() ? configuredQueue : "";
            String queue = queue(configured, own, method.toGenericString());
            if (!queues.add(queue)) {
                throw unusable(method, "another listener method of the bean consumes queue '" + queue + "' already");
            }
            listeners.add(new ListenerMethod(endpoint, queue, method, arguments(method)));
        }
        return listeners;
    }

    String queue() {
        return queue;
    }

    /** The method, as the container is told of it. */
    Method method() {
        return method;
    }

    /**
     * What the method is called with for this message.
     *
     * @throws org.redisqueue.RedisQueueException if the body does not fit
     */
    Object[] arguments(RedisMessage message) {
        return arguments.stream().map(argument -> argument.of(message)).toArray();
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
        try {
            method.invoke(endpoint, values);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Method onMessage() {
        try {
            return RedisMessageListener.class.getMethod("onMessage", RedisMessage.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String queue(String configured, String own, String listener) throws InvalidPropertyException {
        String name = configured == null || configured.isEmpty() ? own : configured;
        if (name.isEmpty()) {
            throw new InvalidPropertyException(
                    "RQ-116 No queue for " + listener + ": set the activation property 'queue'");
        }
        try {
            return Keys.requireQueue(name);
        } catch (IllegalArgumentException e) {
            throw new InvalidPropertyException(e.getMessage() + ", for " + listener);
        }
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

    private static List<Argument> arguments(Method method) throws NotSupportedException {
        List<Argument> found = new ArrayList<>();
        int bodies = 0;
        for (Parameter parameter : method.getParameters()) {
            Header header = parameter.getAnnotation(Header.class);
            if (header == null) {
                bodies++;
                found.add(body(method, parameter));
            } else if (parameter.getType() == String.class) {
                found.add(message -> message.header(header.value()).orElse(null));
            } else {
                throw unusable(
                        method, "its parameter for @Header(\"" + header.value() + "\") must be a java.lang.String");
            }
        }
        if (bodies != 1) {
            throw unusable(
                    method,
                    "it has " + bodies + " parameters without @Header, where one is needed: RedisMessage,"
                            + " String, byte[] or a type that is read from JSON");
        }
        return found;
    }

    private static Argument body(Method method, Parameter parameter) throws NotSupportedException {
        Type type = parameter.getParameterizedType();
        if (type == RedisMessage.class) {
            return message -> message;
        } else if (type == String.class) {
            return RedisMessage::text;
        } else if (type == byte[].class) {
            return RedisMessage::bytes;
        } else if (type instanceof TypeVariable<?>) {
            throw unusable(method, "the type of its parameter '" + parameter.getName() + "' is a type variable");
        }
        return message -> message.json(type);
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
