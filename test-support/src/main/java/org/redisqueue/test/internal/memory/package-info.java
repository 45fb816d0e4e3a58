// SPDX-License-Identifier: Apache-2.0
/** Queues and transactions in memory, with the semantics of the adapter. Internal: applications use {@code org.redisqueue.test}. */
@NullMarked
package org.redisqueue.test.internal.memory;

import org.jspecify.annotations.NullMarked;
