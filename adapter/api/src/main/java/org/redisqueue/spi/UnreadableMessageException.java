// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;

/**
 * Reports that a message can never be converted to the parameters of its listener. The adapter dead-letters such a
 * message.
 */
public class UnreadableMessageException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a cause.
     *
     * @param message the text of the exception
     * @param cause the cause, or null if there is none
     */
    public UnreadableMessageException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
