// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.resource.spi.InvalidPropertyException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.internal.TopicName;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.inbound.RedisActivationSpec;
import org.redisqueue.ra.protocol.OnExpiry;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/** The activation properties of a listener that its annotations contain. */
public final class ListenerSettings {

    private static final String QUEUE = "queue";
    private static final String TOPIC = "topic";

    private final Map<String, String> properties = new LinkedHashMap<>();

    private ListenerSettings() {}

    /**
     * Reads the settings of a listener.
     *
     * @param only whether the method is the only listener of the bean, so that the configuration of a message-driven bean
     *     prevails over the queue of the method
     * @throws IllegalArgumentException if a property is invalid; the message is the end of a sentence
     */
    static ListenerSettings of(Class<?> bean, Method method, boolean only) {
        ListenerSettings settings = ofClass(bean);
        RedisQueueListener listener = method.getAnnotation(RedisQueueListener.class);
        if (listener != null) {
            settings.read(listener, only);
        }
        return settings;
    }

    /** Returns the queue in the activation configuration of a message-driven bean. */
    static Optional<String> configuredQueue(Class<?> bean) {
        return ofClass(bean).queue();
    }

    private static ListenerSettings ofClass(Class<?> bean) {
        ListenerSettings settings = new ListenerSettings();
        for (Annotation annotation : bean.getAnnotations()) {
            if (annotation.annotationType().getName().equals("jakarta.ejb.MessageDriven")) {
                EnterpriseBean.read(annotation, settings.properties);
            }
        }
        return settings;
    }

    private void read(RedisQueueListener listener, boolean only) {
        if (!listener.queue().isEmpty() && !(only && properties.containsKey(QUEUE))) {
            properties.put(QUEUE, Expressions.resolve(listener.queue()));
        }
        if (listener.batch() != 0) {
            properties.put("batch", Integer.toString(listener.batch()));
        }
        String topic = Expressions.resolve(listener.topic());
        if (!topic.isEmpty() && !(only && properties.containsKey(TOPIC))) {
            properties.put(TOPIC, TopicName.require(topic));
        }
        for (String property : listener.properties()) {
            String[] pair = property.split("=", 2);
            if (pair.length < 2) {
                throw new IllegalArgumentException("its property '" + property + "' must have the form name=value");
            }
            String name = pair[0].strip();
            if (name.equals(QUEUE)) {
                throw new IllegalArgumentException(
                        "its property 'queue' must be set as @RedisQueueListener(queue = …)");
            }
            if (properties.put(name, Expressions.resolve(pair[1].strip())) != null) {
                throw new IllegalArgumentException("its property '" + name + "' is set twice");
            }
        }
    }

    /** Reads the annotation of enterprise beans, whose classes an application without such beans need not have. */
    private static final class EnterpriseBean {

        private static void read(Annotation annotation, Map<String, String> properties) {
            for (ActivationConfigProperty property : ((MessageDriven) annotation).activationConfig()) {
                properties.put(property.propertyName(), Expressions.resolve(property.propertyValue()));
            }
        }
    }

    /** {@return the queue that the listener consumes; empty if its annotations name none} */
    Optional<String> queue() {
        return Optional.ofNullable(properties.get(QUEUE));
    }

    /** {@return when messages are redelivered and dead-lettered} */
    public RedeliveryPolicy redelivery() {
        return specification().redeliveryPolicy();
    }

    /** {@return what happens to expired messages} */
    public OnExpiry onExpiry() {
        return OnExpiry.of(String.valueOf(specification().getOnExpiry()));
    }

    /**
     * Checks the properties.
     *
     * @throws IllegalArgumentException if one is invalid
     */
    void validate() {
        specification();
    }

    /**
     * Checks that no property is set that only batch listeners have.
     *
     * @throws IllegalArgumentException if there is such a property
     */
    void requireNoBatches() {
        try {
            specification().requireNoBatches();
        } catch (InvalidPropertyException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private RedisActivationSpec specification() {
        RedisActivationSpec specification = new RedisActivationSpec();
        try {
            Configuration.set(specification, "listener", properties);
            specification.validate();
        } catch (InvalidPropertyException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return specification;
    }
}
