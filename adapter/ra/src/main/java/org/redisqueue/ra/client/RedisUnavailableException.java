// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import org.redisqueue.RedisQueueException;

/** Redis cannot be reached, or is not one to be used; nothing was sent to it. */
public class RedisUnavailableException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    public RedisUnavailableException(String message) {
        super(message);
    }
}
