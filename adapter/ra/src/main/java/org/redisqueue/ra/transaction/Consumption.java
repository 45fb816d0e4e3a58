// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import org.redisqueue.ra.protocol.Lease;

/** A message that a branch completes when it commits. */
public interface Consumption {

    Lease lease();

    /** The branch committed; the message is completed. */
    default void committed() {}

    /** The branch rolled back; the lease is still the caller's. */
    default void rolledBack() {}
}
