// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.RedisQueueException;

/** A branch could not be committed and was rolled back instead. None of its work has taken effect. */
public final class BranchRolledBackException extends RedisQueueException {

    private static final long serialVersionUID = 1L;

    BranchRolledBackException(String message) {
        super(message);
    }
}
