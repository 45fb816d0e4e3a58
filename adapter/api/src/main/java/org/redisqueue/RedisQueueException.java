// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * Reports that an operation on Redis, or on a message, failed.
 *
 * <p>The exception is unchecked, so that it rolls back the transaction of an enterprise bean that throws it.
 */
public class RedisQueueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RedisQueueException(String message) {
        super(message);
    }

    public RedisQueueException(String message, Throwable cause) {
        super(message, cause);
    }
}
