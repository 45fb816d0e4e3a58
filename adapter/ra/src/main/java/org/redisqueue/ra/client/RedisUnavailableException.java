// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import org.redisqueue.RedisQueueException;

/** Signals that Redis cannot be reached or must not be used. Nothing was sent to it. */
public class RedisUnavailableException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    public RedisUnavailableException(String message) {
        super(message);
    }
}
