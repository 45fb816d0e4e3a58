// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.RedisQueueException;

/**
 * The prepared branches could not be listed. It is no XAException, so that a transaction manager that asks once ends its
 * recovery and keeps its log; see {@link RecoveryRequest}.
 */
final class RecoveryAbandonedException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    RecoveryAbandonedException(String message, Throwable cause) {
        super(message, cause);
    }
}
