// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.DefinitionException;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.enterprise.inject.spi.ProcessInjectionPoint;
import jakarta.enterprise.inject.spi.ProcessManagedBean;
import jakarta.enterprise.inject.spi.ProcessSessionBean;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.stream.Collectors;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.RedisTopic;
import org.redisqueue.RedisTopicPublisher;
import org.redisqueue.internal.ListenerSignature;
import org.redisqueue.internal.QueueName;
import org.redisqueue.internal.TopicName;

/** Finds the listener methods of CDI beans, and fails the deployment if one of them is invalid (CDI 4.0, 2.10). */
public class RedisQueueExtension implements Extension {

    private final List<ListenerDefinition> definitions = new ArrayList<>();
    private final Set<String> senders = new CopyOnWriteArraySet<>();

    <T> void find(@Observes ProcessManagedBean<T> event, BeanManager manager) {
        AnnotatedType<T> type = event.getAnnotatedBeanClass();
        if (!isSeenBy(type.getJavaClass().getClassLoader())) {
            return;
        }
        for (AnnotatedMethod<? super T> method : listeners(type)) {
            try {
                definitions.add(new ListenerDefinition(event.getBean(), type, method, manager));
            } catch (IllegalArgumentException e) {
                event.addDefinitionError(new DefinitionException(e.getMessage(), e));
            }
        }
    }

    void refuse(@Observes ProcessSessionBean<?> event) {
        for (AnnotatedMethod<?> method : listeners(event.getAnnotatedBeanClass())) {
            event.addDefinitionError(new DefinitionException("RQ-501 Listener method '"
                    + event.getBean().getBeanClass().getName() + "."
                    + method.getJavaMember().getName()
                    + "' cannot be called: its class is an enterprise bean. Use a CDI bean or a message-driven bean."));
        }
    }

    <T> void check(@Observes ProcessInjectionPoint<T, RedisQueueSender> event) {
        for (Annotation qualifier : event.getInjectionPoint().getQualifiers()) {
            if (qualifier instanceof RedisQueue queue) {
                senders.add(queue.connectionFactory());
                check(queue, event);
            }
        }
    }

    private static void check(RedisQueue queue, ProcessInjectionPoint<?, RedisQueueSender> event) {
        if (!Expressions.isIn(queue.value())) {
            try {
                QueueName.require(queue.value());
            } catch (IllegalArgumentException e) {
                event.addDefinitionError(new DefinitionException(
                        "RQ-509 Sender '" + event.getInjectionPoint().getMember() + "' has an invalid queue: "
                                + e.getMessage(),
                        e));
            }
        }
    }

    <T> void checkPublisher(@Observes ProcessInjectionPoint<T, RedisTopicPublisher> event) {
        for (Annotation qualifier : event.getInjectionPoint().getQualifiers()) {
            if (qualifier instanceof RedisTopic topic) {
                senders.add(topic.connectionFactory());
                check(topic, event);
            }
        }
    }

    private static void check(RedisTopic topic, ProcessInjectionPoint<?, RedisTopicPublisher> event) {
        if (!Expressions.isIn(topic.value())) {
            try {
                TopicName.require(topic.value());
            } catch (IllegalArgumentException e) {
                event.addDefinitionError(new DefinitionException(
                        "RQ-509 Publisher '" + event.getInjectionPoint().getMember() + "' has an invalid topic: "
                                + e.getMessage(),
                        e));
            }
        }
    }

    void check(@Observes AfterDeploymentValidation event, BeanManager manager) {
        Map<String, List<ListenerDefinition>> byName = definitions.stream()
                .collect(Collectors.groupingBy(ListenerDefinition::name, LinkedHashMap::new, Collectors.toList()));
        byName.forEach((name, same) -> {
            if (same.size() > 1) {
                event.addDeploymentProblem(new DefinitionException("RQ-502 Listeners '"
                        + same.stream().map(ListenerDefinition::toString).collect(Collectors.joining("' and '"))
                        + "' have the same name '" + name + "'. Set different names: @RedisQueueListener(name = …)."));
            }
        });
        for (ListenerDefinition definition : definitions) {
            if (sees(manager, definition)) {
                try {
                    checkInjection(definition, manager);
                } catch (IllegalArgumentException e) {
                    event.addDeploymentProblem(new DefinitionException(e.getMessage(), e));
                }
            }
        }
    }

    /**
     * Checks the injected parameters of a listener.
     *
     * @param manager the bean manager of the listener's module
     * @throws IllegalArgumentException if a parameter cannot be injected; the message says which
     */
    static void checkInjection(ListenerDefinition definition, BeanManager manager) {
        List<InjectionPoint> points = definition.injectionPoints(manager);
        for (int i = 0; i < points.size(); i++) {
            InjectionPoint point = points.get(i);
            try {
                manager.validate(point);
            } catch (RuntimeException e) {
                ListenerSignature signature = definition.signature();
                String remedy = signature
                        .forgottenHeader(signature.others().get(i))
                        .map("\n"::concat)
                        .orElse("");
                throw definition.unusable("its parameter of type "
                        + point.getType().getTypeName()
                        + " cannot be injected. The first parameter without @Header is the message, and the others"
                        + " must be CDI beans. Cause: "
                        + String.valueOf(e.getMessage()).stripTrailing() + remedy);
            }
        }
    }

    /**
     * Returns whether the bean manager sees the listener's bean and can therefore validate its injection points. A bean
     * manager may cover only the archive that contains this extension. Listeners that it does not see are checked when
     * they start.
     */
    private static boolean sees(BeanManager manager, ListenerDefinition definition) {
        return manager.getBeans(Object.class, Any.Literal.INSTANCE).contains(definition.bean());
    }

    /**
     * Returns whether classes of this loader see this copy of the extension. Each module of an application may contain
     * a copy, and the container notifies every copy of every bean.
     */
    private boolean isSeenBy(ClassLoader loader) {
        try {
            return Class.forName(getClass().getName(), false, loader) == getClass();
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** {@return the annotated methods, except those that another method of the type overrides} */
    private static <T> List<AnnotatedMethod<? super T>> listeners(AnnotatedType<T> type) {
        return type.getMethods().stream()
                .filter(method -> method.isAnnotationPresent(RedisQueueListener.class))
                .filter(method -> !method.getJavaMember().isBridge())
                .filter(method -> type.getMethods().stream()
                        .noneMatch(other -> overrides(other.getJavaMember(), method.getJavaMember())))
                .toList();
    }

    private static boolean overrides(Method method, Method other) {
        return method.getDeclaringClass() != other.getDeclaringClass()
                && other.getDeclaringClass().isAssignableFrom(method.getDeclaringClass())
                && !Modifier.isPrivate(other.getModifiers())
                && method.getName().equals(other.getName())
                && Arrays.equals(method.getParameterTypes(), other.getParameterTypes());
    }

    /** {@return the JNDI names of the connection factories of injected senders and publishers, with their expressions} */
    Set<String> senders() {
        return senders;
    }

    List<ListenerDefinition> definitions() {
        return definitions;
    }
}
