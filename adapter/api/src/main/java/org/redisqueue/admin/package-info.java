// SPDX-License-Identifier: Apache-2.0
/**
 * The API for operators: what is in the queues, who delivers it, what is stuck, and how to repair it.
 *
 * <p>{@link org.redisqueue.admin.QueueAdmin} is the single set of operations. The console, its REST interface, the
 * management beans and the command line expose the same operations. This package describes them. It must not depend on
 * Redis, on Redisson or on the resource adapter.
 */
@NullMarked
package org.redisqueue.admin;

import org.jspecify.annotations.NullMarked;
