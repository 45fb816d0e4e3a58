// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedParameter;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.redisqueue.PublishTo;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.SendTo;
import org.redisqueue.internal.ListenerRules;
import org.redisqueue.internal.ListenerSignature;

/** A listener method of a CDI bean, as defined by its annotations. */
final class ListenerDefinition {

    private final Bean<?> bean;
    private final Method method;
    private final RedisQueueListener annotation;
    private final Optional<String> sendTo;
    private final Optional<String> publishTo;
    private final Optional<Transactional> transactional;
    private final ListenerSignature signature;
    private final List<AnnotatedParameter<?>> injected;
    private final Map<String, String> properties = new LinkedHashMap<>();

    /**
     * @throws IllegalArgumentException if the method cannot be a listener; the message names the method and the reason
     */
    ListenerDefinition(Bean<?> bean, AnnotatedType<?> type, AnnotatedMethod<?> method, BeanManager manager) {
        this.bean = bean;
        this.method = method.getJavaMember();
        this.annotation = method.getAnnotation(RedisQueueListener.class);
        this.sendTo = Optional.ofNullable(method.getAnnotation(SendTo.class)).map(SendTo::value);
        this.publishTo =
                Optional.ofNullable(method.getAnnotation(PublishTo.class)).map(PublishTo::value);
        this.transactional = transactional(type, method, manager);
        check();
        this.signature = readSignature();
        this.injected = signature.others().stream()
                .<AnnotatedParameter<?>>map(position -> method.getParameters().get(position))
                .toList();
        readProperties();
        this.method.setAccessible(true);
    }

    private void check() {
        ListenerRules.problem(method, bean.getScope(), attribute()).ifPresent(problem -> {
            throw unusable(problem);
        });
    }

    private ListenerSignature readSignature() {
        try {
            return annotation.batch() == 0
                    ? ListenerSignature.of(bean.getBeanClass(), method)
                    : ListenerSignature.ofBatch(bean.getBeanClass(), method);
        } catch (IllegalArgumentException e) {
            throw unusable(e.getMessage());
        }
    }

    private void readProperties() {
        if (!annotation.topic().isEmpty()) {
            properties.put("topic", annotation.topic());
        }
        if (annotation.maxConcurrency() != 0) {
            properties.put("maxConcurrency", Integer.toString(annotation.maxConcurrency()));
        }
        if (annotation.batch() != 0) {
            properties.put("batch", Integer.toString(annotation.batch()));
        }
        for (String property : annotation.properties()) {
            String[] pair = property.split("=", 2);
            if (pair.length < 2) {
                throw unusable("its property '" + property + "' must have the form name=value");
            }
            if (pair[0].strip().equals("queue")) {
                throw unusable("its property 'queue' must be set as @RedisQueueListener(queue = …)");
            }
            if (properties.put(pair[0].strip(), pair[1].strip()) != null) {
                throw unusable("its property '" + pair[0].strip() + "' is set twice");
            }
        }
    }

    /**
     * Returns the annotation of the method or, failing that, of the class. Either can have it directly, or through a
     * stereotype or an interceptor binding.
     */
    private static Optional<Transactional> transactional(
            AnnotatedType<?> type, AnnotatedMethod<?> method, BeanManager manager) {
        return transactional(method.getAnnotations(), manager).or(() -> transactional(type.getAnnotations(), manager));
    }

    private static Optional<Transactional> transactional(Set<Annotation> annotations, BeanManager manager) {
        Optional<Transactional> direct = annotations.stream()
                .filter(Transactional.class::isInstance)
                .map(Transactional.class::cast)
                .findFirst();
        return direct.or(() -> annotations.stream()
                .map(Annotation::annotationType)
                .flatMap(type -> transactional(implied(type, manager), manager).stream())
                .findFirst());
    }

    /** {@return the annotations that an annotation implies} */
    private static Set<Annotation> implied(Class<? extends Annotation> type, BeanManager manager) {
        if (manager.isStereotype(type)) {
            return manager.getStereotypeDefinition(type);
        }
        return manager.isInterceptorBinding(type) ? manager.getInterceptorBindingDefinition(type) : Set.of();
    }

    private TxType attribute() {
        return transactional.map(Transactional::value).orElse(TxType.REQUIRED);
    }

    /** {@return whether each delivery runs in a transaction} */
    boolean isTransacted() {
        return attribute() != TxType.NEVER && attribute() != TxType.NOT_SUPPORTED;
    }

    /**
     * Returns whether {@code dontRollbackOn} of the bean or method names this exception, so that the transaction
     * commits.
     */
    boolean commitsDespite(Throwable thrown) {
        return transactional.stream()
                .flatMap(annotation -> Stream.of(annotation.dontRollbackOn()))
                .anyMatch(type -> type.isInstance(thrown));
    }

    /**
     * Returns the name in the annotation or, failing that, the simple name of the class, a dot, and the method name.
     */
    String name() {
        return annotation.name().isEmpty()
                ? bean.getBeanClass().getSimpleName() + "." + method.getName()
                : annotation.name();
    }

    Bean<?> bean() {
        return bean;
    }

    Method method() {
        return method;
    }

    RedisQueueListener annotation() {
        return annotation;
    }

    Optional<String> sendTo() {
        return sendTo;
    }

    Optional<String> publishTo() {
        return publishTo;
    }

    /** Returns the properties in the annotation, without the queue and with unresolved expressions. */
    Map<String, String> properties() {
        return properties;
    }

    ListenerSignature signature() {
        return signature;
    }

    /** {@return the injection points of the injected parameters, in the order of {@link ListenerSignature#others}} */
    List<InjectionPoint> injectionPoints(BeanManager manager) {
        return injected.stream()
                .<InjectionPoint>map(parameter -> manager.createInjectionPoint(parameter))
                .toList();
    }

    IllegalArgumentException unusable(@Nullable String reason) {
        return new IllegalArgumentException("RQ-501 Listener method '" + this + "' cannot be called: " + reason);
    }

    @Override
    public String toString() {
        return bean.getBeanClass().getName() + "." + method.getName();
    }
}
