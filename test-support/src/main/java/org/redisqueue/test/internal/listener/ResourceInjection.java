// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.RedisTopic;
import org.redisqueue.RedisTopicPublisher;

/** Sets the fields and properties of a bean that a container would set. */
public final class ResourceInjection {

    private final Function<String, RedisQueueSender> senders;
    private final Function<String, RedisTopicPublisher> publishers;
    private final Object[] resources;

    /**
     * Creates an injection.
     *
     * @param senders returns the sender of a queue
     * @param publishers returns the publisher of a topic
     * @param resources the objects for {@link Resource} fields and methods, and for {@code @Inject} fields of their types
     */
    public ResourceInjection(
            Function<String, RedisQueueSender> senders,
            Function<String, RedisTopicPublisher> publishers,
            Object... resources) {
        this.senders = senders;
        this.publishers = publishers;
        this.resources = resources.clone();
    }

    /** Sets those fields and properties of a bean, declared or inherited, for which there is a sender or a resource. */
    public void into(Object bean) {
        for (Class<?> type = bean.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                boolean settable = !Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers());
                if (settable && isInjected(field)) {
                    value(field).ifPresent(value -> set(bean, field, value));
                }
            }
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Resource.class) && method.getParameterCount() == 1) {
                    resource(method.getParameterTypes()[0]).ifPresent(value -> call(bean, method, value));
                }
            }
        }
    }

    private static boolean isInjected(Field field) {
        return field.isAnnotationPresent(Resource.class) || field.isAnnotationPresent(Inject.class);
    }

    private Optional<Object> value(Field field) {
        RedisQueue queue = field.getAnnotation(RedisQueue.class);
        if (queue != null && field.getType() == RedisQueueSender.class) {
            return Optional.of(senders.apply(Expressions.resolve(queue.value())));
        }
        RedisTopic topic = field.getAnnotation(RedisTopic.class);
        if (topic != null && field.getType() == RedisTopicPublisher.class) {
            return Optional.of(publishers.apply(Expressions.resolve(topic.value())));
        }
        return resource(field.getType());
    }

    private Optional<Object> resource(Class<?> type) {
        for (Object resource : resources) {
            if (type != Object.class && type.isInstance(resource)) {
                return Optional.of(resource);
            }
        }
        return Optional.empty();
    }

    private static void set(Object bean, Field field, @Nullable Object value) {
        try {
            field.setAccessible(true);
            field.set(bean, value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("Field '" + field + "' cannot be set.", e);
        }
    }

    private static void call(Object bean, Method method, Object value) {
        try {
            method.setAccessible(true);
            method.invoke(bean, value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("Method '" + method + "' cannot be called.", e);
        }
    }
}
