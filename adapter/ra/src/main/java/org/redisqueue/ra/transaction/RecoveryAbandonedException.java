// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.RedisQueueException;

/**
 * Reports that the prepared branches could not be listed. This exception is deliberately not an XAException: it makes a
 * transaction manager that asks only once end its recovery and keep its log. See {@link RecoveryRequest}.
 */
final class RecoveryAbandonedException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    RecoveryAbandonedException(String message, Throwable cause) {
        super(message, cause);
    }
}
