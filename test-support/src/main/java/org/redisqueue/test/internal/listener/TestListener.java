// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.SendTo;
import org.redisqueue.internal.ListenerSignature;

/** A listener of an application: {@code onMessage} of a bean, or one of its annotated methods. */
public final class TestListener {

    private final Object bean;
    private final Method method;
    private final ListenerSignature signature;
    private final ListenerSettings settings;
    private final Function<Class<?>, Object> others;

    private TestListener(Object bean, Class<?> type, Method method, Function<Class<?>, Object> others) {
        this.bean = bean;
        this.method = method;
        this.others = others;
        try {
            this.signature = ListenerSignature.of(type, method);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Listener method '" + name(method) + "' cannot be called: " + e.getMessage(), e);
        }
        this.settings = ListenerSettings.of(type, method);
        method.setAccessible(true);
    }

    /**
     * Finds the listener of a bean.
     *
     * @param bean a {@link RedisMessageListener}, or an object with methods annotated with {@link RedisQueueListener}
     * @param queue the queue whose listener is wanted, if the bean has several
     * @param others supplies the parameters that do not come from the message, by their types
     * @throws IllegalArgumentException if the bean has no listener, or none for this queue, or the listener is invalid
     */
    public static TestListener of(Object bean, String queue, Function<Class<?>, Object> others) {
        if (bean instanceof RedisMessageListener) {
            return new TestListener(bean, RedisMessageListener.class, onMessage(), others).of(bean.getClass());
        }
        Class<?> type = applicationClass(bean.getClass());
        List<Method> methods = annotated(type);
        if (methods.isEmpty()) {
            throw new IllegalArgumentException("An object of " + type + " is not a listener. It must implement"
                    + " RedisMessageListener, or have a method annotated with @RedisQueueListener.");
        }
        Method method = methods.size() == 1 ? methods.get(0) : ofQueue(type, methods, queue);
        if (bean.getClass() != type && Modifier.isPrivate(method.getModifiers())) {
            throw new IllegalArgumentException("Listener method '" + name(method)
                    + "' is private, and therefore cannot be called through the proxy of its bean. Give it package"
                    + " access.");
        }
        return new TestListener(bean, type, method, others);
    }

    private TestListener of(Class<?> implementation) {
        settings.read(applicationClass(implementation), onMessage(implementation));
        return this;
    }

    /** Returns the class of the application if the given one was generated from it, as those of CDI proxies are. */
    private static Class<?> applicationClass(Class<?> type) {
        Class<?> found = type;
        while (found.isSynthetic() && found.getSuperclass() != null && found.getSuperclass() != Object.class
                || found.getName().contains("$Proxy$_$$")) {
            found = found.getSuperclass();
        }
        return found;
    }

    private static Method onMessage() {
        return RedisMessageListener.class.getMethods()[0];
    }

    private static @Nullable Method onMessage(Class<?> implementation) {
        try {
            return implementation.getMethod("onMessage", RedisMessage.class);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    /** Returns the annotated methods of a class, except those that another method overrides. */
    static List<Method> annotated(Class<?> type) {
        List<Method> found = new ArrayList<>();
        List<Method> below = new ArrayList<>();
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            for (Method method : c.getDeclaredMethods()) {
                boolean isListener = method.isAnnotationPresent(RedisQueueListener.class) && !method.isBridge();
                if (isListener && below.stream().noneMatch(lower -> isOverriddenBy(method, lower))) {
                    found.add(method);
                }
            }
            below.addAll(List.of(c.getDeclaredMethods()));
        }
        return found;
    }

    private static boolean isOverriddenBy(Method method, Method lower) {
        return !Modifier.isPrivate(method.getModifiers())
                && method.getName().equals(lower.getName())
                && Arrays.equals(method.getParameterTypes(), lower.getParameterTypes());
    }

    private static Method ofQueue(Class<?> type, List<Method> methods, String queue) {
        List<Method> matching = methods.stream()
                .filter(method -> ListenerSettings.of(type, method)
                        .queue()
                        .filter(queue::equals)
                        .isPresent())
                .toList();
        if (matching.size() != 1) {
            throw new IllegalArgumentException("Of the listener methods of " + type + ", "
                    + (matching.isEmpty() ? "none consumes" : "several consume") + " queue '" + queue + "': "
                    + methods.stream()
                            .map(method -> method.getName() + " consumes '"
                                    + ListenerSettings.of(type, method).queue().orElse("") + "'")
                            .sorted()
                            .collect(Collectors.joining(", "))
                    + ".");
        }
        return matching.get(0);
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    /** {@return the activation properties of the listener, and its transaction attribute} */
    public ListenerSettings settings() {
        return settings;
    }

    /**
     * Converts a message to the arguments of the listener.
     *
     * @throws org.redisqueue.spi.UnreadableMessageException if the message cannot be converted
     */
    public Object[] arguments(RedisMessage message) {
        Object[] arguments = signature.arguments(message);
        for (int position : signature.others()) {
            arguments[position] = others.apply(method.getParameterTypes()[position]);
        }
        return arguments;
    }

    /**
     * Calls the listener, and sends its return value if it is annotated with {@link SendTo}.
     *
     * @throws Throwable what the listener throws
     */
    public void call(Object[] arguments, RedisQueueConnectionFactory connections) throws Throwable {
        Object result;
        try {
            result = method.invoke(bean, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
        SendTo target = method.getAnnotation(SendTo.class);
        Object body = result instanceof Optional<?> optional ? optional.orElse(null) : result;
        if (target != null && body != null) {
            try (RedisQueueConnection connection = connections.createConnection()) {
                connection.send(Expressions.resolve(target.value()), body);
            }
        }
    }
}
