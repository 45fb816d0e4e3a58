// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.function.Supplier;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.statistics.ServerStatistics;

/**
 * What the management beans of one Redis show.
 *
 * @param admin creates the operations for operators
 */
public record RedisSource(
        RedisClient client, QueueOperations operations, ServerStatistics statistics, Supplier<QueueAdmin> admin) {}
