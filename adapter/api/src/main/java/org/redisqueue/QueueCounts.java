// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * The number of messages in a queue in each state.
 *
 * @param ready messages that can be claimed immediately
 * @param processing messages that are claimed, waiting to be redelivered, or in doubt
 * @param dead dead letters
 */
public record QueueCounts(long ready, long processing, long dead) {}
