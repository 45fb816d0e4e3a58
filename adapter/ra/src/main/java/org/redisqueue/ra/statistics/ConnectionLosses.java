// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import org.jspecify.annotations.Nullable;

/** Remembers when the connection to one Redis was last lost. */
public final class ConnectionLosses {

    private volatile @Nullable Loss last;

    /**
     * A loss of the connection.
     *
     * @param reason why Redis could not be reached
     * @param millis when a listener noticed it, in milliseconds since 1970
     */
    public record Loss(String reason, long millis) {}

    void lost(String reason) {
        last = new Loss(reason, System.currentTimeMillis());
    }

    /** Returns the last loss; null if the connection was never lost. */
    @Nullable
    Loss last() {
        return last;
    }
}
