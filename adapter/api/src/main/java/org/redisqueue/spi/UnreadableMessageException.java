// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import org.redisqueue.RedisQueueException;

/**
 * Reports that a message can never be converted to the parameters of its listener. The adapter dead-letters such a
 * message.
 */
public class UnreadableMessageException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    public UnreadableMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
