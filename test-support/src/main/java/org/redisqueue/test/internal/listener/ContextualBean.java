// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * The contextual instance of a CDI bean. A dependent bean is created for each call, and destroyed after it.
 *
 * @param manager the container of the bean
 */
record ContextualBean<T>(Bean<T> bean, BeanManager manager) implements ListenerTarget {

    /** Calls the method on the instance itself, because a client proxy does not support all methods. */
    @Override
    public @Nullable Object call(Method method, Object[] arguments)
            throws InvocationTargetException, IllegalAccessException {
        CreationalContext<T> creation = manager.createCreationalContext(bean);
        T instance = manager.getContext(bean.getScope()).get(bean, creation);
        try {
            return method.invoke(instance, arguments);
        } finally {
            if (bean.getScope() == Dependent.class) {
                bean.destroy(instance, creation);
            }
        }
    }
}
