// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.inbound.RedisActivationSpec;
import org.redisqueue.ra.protocol.OnExpiry;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/** The settings of a listener that its annotations contain. */
public final class ListenerSettings {

    private final Map<String, String> properties = new LinkedHashMap<>();
    private boolean transacted = true;
    private @Nullable Transactional transactional;

    private ListenerSettings() {}

    static ListenerSettings of(Class<?> bean, Method method) {
        ListenerSettings settings = new ListenerSettings();
        settings.read(bean, method);
        return settings;
    }

    /** Adds the settings of a bean and its listener method. */
    void read(Class<?> bean, @Nullable Method method) {
        for (AnnotatedElement element :
                method == null ? new AnnotatedElement[] {bean} : new AnnotatedElement[] {bean, method}) {
            for (Annotation annotation : element.getAnnotations()) {
                read(annotation);
            }
        }
    }

    private void read(Annotation annotation) {
        if (annotation instanceof RedisQueueListener listener) {
            if (!listener.queue().isEmpty()) {
                properties.putIfAbsent("queue", Expressions.resolve(listener.queue()));
            }
            for (String property : listener.properties()) {
                String[] pair = property.split("=", 2);
                if (pair.length < 2) {
                    throw new IllegalArgumentException("Property '" + property + "' must have the form name=value.");
                }
                properties.put(pair[0].strip(), Expressions.resolve(pair[1].strip()));
            }
        } else if (annotation instanceof Transactional found) {
            transactional = found;
            transacted = found.value() != TxType.NOT_SUPPORTED && found.value() != TxType.NEVER;
        } else if (annotation.annotationType().getName().startsWith("jakarta.ejb.")) {
            EnterpriseBean.read(annotation, this);
        }
    }

    /** Reads the annotations of enterprise beans, whose classes an application without such beans need not have. */
    private static final class EnterpriseBean {

        private static void read(Annotation annotation, ListenerSettings settings) {
            if (annotation instanceof MessageDriven bean) {
                for (ActivationConfigProperty property : bean.activationConfig()) {
                    settings.properties.put(property.propertyName(), property.propertyValue());
                }
            } else if (annotation instanceof TransactionAttribute attribute) {
                settings.transacted = attribute.value() != TransactionAttributeType.NOT_SUPPORTED;
            } else if (annotation instanceof TransactionManagement management) {
                settings.transacted = management.value() != TransactionManagementType.BEAN;
            }
        }
    }

    /** {@return the queue that the listener consumes; empty if its annotations name none} */
    Optional<String> queue() {
        return Optional.ofNullable(properties.get("queue"));
    }

    /** {@return whether the message is acknowledged by the commit of a transaction} */
    public boolean transacted() {
        return transacted;
    }

    /** {@return whether the transaction commits although the listener has thrown this exception} */
    public boolean commitsDespite(Throwable thrown) {
        return transactional != null
                && Arrays.stream(transactional.dontRollbackOn()).anyMatch(type -> type.isInstance(thrown));
    }

    /** {@return when messages are redelivered and dead-lettered} */
    public RedeliveryPolicy redelivery() {
        return specification().redeliveryPolicy();
    }

    /** {@return what happens to expired messages} */
    public OnExpiry onExpiry() {
        return OnExpiry.of(String.valueOf(specification().getOnExpiry()));
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
