// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import java.util.Optional;

/** Finds the transaction of the current thread. */
@FunctionalInterface
public interface Transactions {

    /** {@return the branch of the current thread's transaction; empty if there is none} */
    Optional<MemoryBranch> current();
}
