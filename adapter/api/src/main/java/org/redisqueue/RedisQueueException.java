// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import org.jspecify.annotations.Nullable;

/**
 * Reports that an operation on Redis, or on a message, failed.
 *
 * <p>The exception is unchecked, so that it rolls back the transaction of an enterprise bean that throws it.
 */
public class RedisQueueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception without a cause.
     *
     * @param message the text of the exception
     */
    public RedisQueueException(String message) {
        super(message);
    }

    /**
     * Creates an exception with a cause.
     *
     * @param message the text of the exception
     * @param cause the cause, or null if there is none
     */
    public RedisQueueException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
