// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import org.redisqueue.RedisQueueException;

/** A message is not what the listener takes, and will never be. */
public class UnreadableMessageException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    public UnreadableMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
