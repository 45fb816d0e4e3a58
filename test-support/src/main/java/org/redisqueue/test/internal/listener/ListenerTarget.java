// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.listener;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** The object on which a listener method is called. */
@FunctionalInterface
interface ListenerTarget {

    /**
     * Calls a method.
     *
     * @return what it returns
     * @throws InvocationTargetException with what the method throws
     */
    @Nullable
    Object call(Method method, Object[] arguments) throws InvocationTargetException, IllegalAccessException;
}
