// SPDX-License-Identifier: Apache-2.0
/**
 * The Redisson client, which is reference-counted and shared by all users with equal settings, and the checks of the
 * Redis server.
 *
 * <p>Only this package creates clients and lends threads to Redisson: container threads outlive the adapter and must
 * not keep its classes in memory.
 *
 * <p>The package must not know queues or messages, and must not put addresses with credentials, passwords or the
 * parameters of commands into a log message or an exception.
 */
@NullMarked
package org.redisqueue.ra.client;

import org.jspecify.annotations.NullMarked;
