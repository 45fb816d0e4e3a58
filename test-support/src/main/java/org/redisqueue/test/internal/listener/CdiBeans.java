// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.CDI;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The beans of the CDI container that the test has started. */
public final class CdiBeans {

    private CdiBeans() {}

    /**
     * Returns the bean with a listener for a queue.
     *
     * @throws IllegalStateException if there is no CDI container, or not exactly one such bean
     */
    static ContextualBean<?> listener(String queue) {
        BeanManager manager = container("The listener of queue '" + queue + "' must be a CDI bean")
                .getBeanManager();
        List<Bean<?>> consuming = beans(manager, type -> ListenerMethods.consumes(type, queue));
        if (consuming.size() != 1) {
            throw new IllegalStateException((consuming.isEmpty() ? "No CDI bean has" : "Several CDI beans have")
                    + " a method annotated with @RedisQueueListener for queue '" + queue + "'"
                    + (consuming.isEmpty()
                            ? ". Add the class of the bean to the test's container."
                            : ": " + consuming));
        }
        return new ContextualBean<>(consuming.get(0), manager);
    }

    /** Returns the bean behind a client proxy; empty if it is not known. */
    static Optional<ContextualBean<?>> ofClass(Class<?> type) {
        return running().map(CDI::getBeanManager).flatMap(manager -> {
            List<Bean<?>> beans = beans(manager, type::equals);
            return beans.size() == 1 && manager.isNormalScope(beans.get(0).getScope())
                    ? Optional.of(new ContextualBean<>(beans.get(0), manager))
                    : Optional.empty();
        });
    }

    /** Returns the managed beans whose class meets a condition. The class of a producer's bean is that of the producer. */
    private static List<Bean<?>> beans(BeanManager manager, Predicate<Class<?>> condition) {
        return manager.getBeans(Object.class, Any.Literal.INSTANCE).stream()
                .filter(bean -> bean.getTypes().contains(bean.getBeanClass()))
                .filter(bean -> condition.test(bean.getBeanClass()))
                .toList();
    }

    /** Runs an action with an active request context, if there is a CDI container. */
    public static <T> T inRequest(Supplier<T> action) {
        Optional<RequestContextController> controller = running()
                .map(container ->
                        container.select(RequestContextController.class).get());
        boolean activated = controller.isPresent() && controller.get().activate();
        try {
            return action.get();
        } finally {
            if (activated) {
                controller.get().deactivate();
            }
        }
    }

    /**
     * Returns the container.
     *
     * @param need why it is needed, as the beginning of the message
     * @throws IllegalStateException if no container is running
     */
    static CDI<Object> container(String need) {
        return running()
                .orElseThrow(() -> new IllegalStateException(
                        need + ", but no CDI container is running. Start one, for example with weld-junit5, or call the"
                                + " listener method directly."));
    }

    private static Optional<CDI<Object>> running() {
        try {
            return Optional.of(CDI.current());
        } catch (IllegalStateException | LinkageError e) { // no container, or no CDI
            return Optional.empty();
        }
    }
}
