// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import org.redisqueue.RedisQueueException;

/** Reports that the resource adapter is not running, so that no listener can be activated. */
public class NotRunningException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception without a cause.
     *
     * @param message the text of the exception
     */
    public NotRunningException(String message) {
        super(message);
    }
}
