// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.RedisQueueException;

/**
 * The prepared branches could not be listed. This exception is deliberately not an XAException: a transaction manager
 * that asks only once then ends its recovery and keeps its log. See {@link RecoveryRequest}.
 */
final class RecoveryAbandonedException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    RecoveryAbandonedException(String message, Throwable cause) {
        super(message, cause);
    }
}
