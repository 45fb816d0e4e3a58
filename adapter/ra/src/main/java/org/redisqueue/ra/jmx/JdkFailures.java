// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdminException;

/** Replaces exceptions by exceptions that remote clients can read: those of the JDK, without causes. */
final class JdkFailures {

    private JdkFailures() {}

    /** Returns the result of an operation. Throws only exceptions of the JDK. */
    static <T extends @Nullable Object> T call(Supplier<T> operation) {
        try {
            return operation.get();
        } catch (RuntimeException e) {
            throw of(e);
        }
    }

    /** Runs an operation. Throws only exceptions of the JDK. */
    static void run(Runnable operation) {
        call(() -> {
            operation.run();
            return null;
        });
    }

    /** Returns an exception of the JDK with the same message. */
    static RuntimeException of(RuntimeException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof QueueAdminException refused) {
            return switch (refused.kind()) {
                case INVALID -> new IllegalArgumentException(message);
                case NOT_FOUND -> new NoSuchElementException(message);
                case CONFLICT -> new IllegalStateException(message);
                case FORBIDDEN -> new SecurityException(message);
                case UNAVAILABLE -> new UncheckedIOException(message, new IOException(message));
            };
        } else if (failure instanceof IllegalArgumentException) {
            return new IllegalArgumentException(message);
        } else if (failure instanceof NoSuchElementException) {
            return new NoSuchElementException(message);
        } else if (failure instanceof NullPointerException) {
            return new IllegalArgumentException("A parameter must not be null.");
        }
        return new IllegalStateException(message);
    }
}
