// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.ra.protocol.Lease;

/** A message that a branch acknowledges when it commits. */
public interface Consumption {

    Lease lease();

    /** The branch has committed; the message is acknowledged. */
    default void committed() {}

    /** The branch has rolled back, or will not be known to commit. The consumer keeps the lease. */
    default void rolledBack() {}
}
