// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

/**
 * The result of {@link QueueAdmin#unbind}.
 *
 * @param unbound whether the queue was bound to the topic
 * @param remaining the queue, two seconds later. Unbinding removes no messages
 * @param preparedBranches the number of prepared branches that send to the queue when they commit
 */
public record UnbindReport(boolean unbound, QueueStatus remaining, int preparedBranches) {}
