// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.redisqueue.RedisBatchListener;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;

/** Finds the listener methods of a class. */
final class ListenerMethods {

    private ListenerMethods() {}

    /** Returns the class of the application if the given one was generated from it, as those of CDI proxies are. */
    static Class<?> applicationClass(Class<?> type) {
        Class<?> found = type;
        while (found.isSynthetic() && found.getSuperclass() != null && found.getSuperclass() != Object.class
                || found.getName().contains("$Proxy$_$$")) {
            found = found.getSuperclass();
        }
        return found;
    }

    /** Returns whether a class is a message-driven bean, as opposed to a CDI bean. */
    static boolean isMessageDriven(Class<?> type) {
        return RedisMessageListener.class.isAssignableFrom(type)
                || RedisBatchListener.class.isAssignableFrom(type)
                || RedisQueueEndpoint.class.isAssignableFrom(type)
                || Arrays.stream(type.getAnnotations())
                        .anyMatch(each -> each.annotationType().getName().equals("jakarta.ejb.MessageDriven"));
    }

    /** Returns {@code onMessage} of the listener interface or of a class that implements it. */
    static Method onMessage(Class<?> type) {
        try {
            return type.getMethod("onMessage", RedisMessage.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns {@code onMessages} of the listener interface or of a class that implements it. */
    static Method onMessages(Class<?> type) {
        try {
            return type.getMethod("onMessages", List.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
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

    /** Returns whether one of the annotated methods of a class names a queue. */
    static boolean consumes(Class<?> type, String queue) {
        List<Method> methods = annotated(type);
        return methods.stream().anyMatch(method -> consumes(type, method, methods.size() == 1, queue));
    }

    private static boolean consumes(Class<?> type, Method method, boolean only, String queue) {
        return ListenerSettings.of(type, method, only)
                .queue()
                .filter(queue::equals)
                .isPresent();
    }

    /**
     * Selects the annotated method of a class. If there are several, the queue decides.
     *
     * @throws IllegalArgumentException if no method matches
     */
    static Method select(Class<?> type, List<Method> methods, String queue) {
        if (methods.size() == 1) {
            return methods.get(0);
        }
        List<Method> matching = methods.stream()
                .filter(method -> consumes(type, method, false, queue))
                .toList();
        if (matching.size() != 1) {
            throw new IllegalArgumentException("Of the listener methods of " + type + ", "
                    + (matching.isEmpty() ? "none consumes" : "several consume") + " queue '" + queue + "': "
                    + methods.stream()
                            .map(method -> method.getName() + " consumes '"
                                    + ListenerSettings.of(type, method, false)
                                            .queue()
                                            .orElse("") + "'")
                            .sorted()
                            .collect(Collectors.joining(", "))
                    + ".");
        }
        return matching.get(0);
    }
}
