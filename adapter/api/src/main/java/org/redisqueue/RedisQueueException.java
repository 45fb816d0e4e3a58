// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * Something with Redis, or with a message in it, did not work. It is unchecked, so that in an enterprise bean it rolls
 * the transaction back.
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
