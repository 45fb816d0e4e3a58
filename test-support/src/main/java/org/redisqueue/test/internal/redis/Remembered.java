// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.redis;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An object that is created when it is first needed. If that fails, it is not attempted again: each use fails for the
 * same reason.
 */
public final class Remembered<T> {

    private final Supplier<T> factory;
    private @Nullable T object;
    private @Nullable RuntimeException failure;

    /** @param factory creates the object */
    public Remembered(Supplier<T> factory) {
        this.factory = factory;
    }

    /**
     * Returns the object.
     *
     * @throws IllegalStateException if it could not be created
     */
    public synchronized T get() {
        if (failure != null) {
            throw new IllegalStateException(failure.getMessage(), failure);
        }
        if (object == null) {
            try {
                object = factory.get();
            } catch (RuntimeException e) {
                failure = e;
                throw e;
            }
        }
        return object;
    }
}
