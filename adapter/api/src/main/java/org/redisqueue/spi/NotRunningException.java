// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import org.redisqueue.RedisQueueException;

/** The resource adapter does not run, or not any more: nothing can be activated with it. */
public class NotRunningException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    public NotRunningException(String message) {
        super(message);
    }
}
