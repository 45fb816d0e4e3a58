// SPDX-License-Identifier: Apache-2.0
/**
 * Redis as a resource manager (X/Open XA). The messages that a transaction consumes and sends form one branch, with one
 * outcome.
 *
 * <p>A {@link org.redisqueue.ra.transaction.Branch} is the state machine of a transaction,
 * {@link org.redisqueue.ra.transaction.RedisXAResource} translates the calls of the transaction manager to it, and
 * recovery ends the branches that a crash has left prepared.
 *
 * <p>Once a transaction is prepared, all of its state is in Redis. The package must not write anything to Redis before
 * a branch commits or prepares, and must not know how messages are delivered.
 */
@NullMarked
package org.redisqueue.ra.transaction;

import org.jspecify.annotations.NullMarked;
