// SPDX-License-Identifier: Apache-2.0
/**
 * The API for operators: inspect queues and messages, find out what is stuck and why, and repair it.
 *
 * <p>{@link org.redisqueue.admin.QueueAdmin} defines all operations. The console, its REST API, the management beans and
 * the command line are front ends that call it. This package must not depend on Redis, on Redisson or on the resource
 * adapter.
 */
@NullMarked
package org.redisqueue.admin;

import org.jspecify.annotations.NullMarked;
