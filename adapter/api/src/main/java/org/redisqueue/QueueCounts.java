// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * How many messages a queue holds, by where they are.
 *
 * @param ready to be delivered
 * @param processing being delivered, waiting to be delivered again, or in doubt
 * @param dead given up
 */
public record QueueCounts(long ready, long processing, long dead) {}
