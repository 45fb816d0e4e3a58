// SPDX-License-Identifier: Apache-2.0
/**
 * The operations of operators on the queues of one Redis: {@link org.redisqueue.admin.QueueAdmin} and its parts.
 *
 * <p>The connection factory, the management beans, the console and the command line use them. This package must not
 * depend on a container, and must not deliver messages.
 */
@NullMarked
package org.redisqueue.ra.admin;

import org.jspecify.annotations.NullMarked;
