// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.CDI;
import java.util.List;

/** The beans of the CDI container that the test has started. */
public final class CdiBeans {

    private CdiBeans() {}

    /**
     * Returns the bean that a parameter of a listener is injected with.
     *
     * @throws IllegalStateException if there is no CDI container
     */
    public static Object parameter(Class<?> type) {
        return container("A parameter of type " + type.getName() + " must come from CDI")
                .select(type)
                .get();
    }

    /**
     * Returns the bean with a listener for a queue.
     *
     * @throws IllegalStateException if there is no CDI container, or not exactly one such bean
     */
    public static Object listener(String queue) {
        CDI<Object> container = container("The listener of queue '" + queue + "' must be a CDI bean");
        BeanManager manager = container.getBeanManager();
        List<Bean<?>> consuming = manager.getBeans(Object.class, Any.Literal.INSTANCE).stream()
                .filter(bean -> consumes(bean.getBeanClass(), queue))
                .toList();
        if (consuming.size() != 1) {
            throw new IllegalStateException((consuming.isEmpty() ? "No CDI bean has" : "Several CDI beans have")
                    + " a method annotated with @RedisQueueListener for queue '" + queue + "'"
                    + (consuming.isEmpty()
                            ? ". Add the class of the bean to the test's container."
                            : ": " + consuming));
        }
        Bean<?> bean = consuming.get(0);
        return manager.getReference(bean, bean.getBeanClass(), manager.createCreationalContext(bean));
    }

    private static boolean consumes(Class<?> bean, String queue) {
        return TestListener.annotated(bean).stream()
                .anyMatch(method -> ListenerSettings.of(bean, method)
                        .queue()
                        .filter(queue::equals)
                        .isPresent());
    }

    private static CDI<Object> container(String need) {
        try {
            return CDI.current();
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    need + ", but no CDI container is running. Start one, for example with"
                            + " weld-junit5, or call the listener method directly.",
                    e);
        }
    }
}
