// SPDX-License-Identifier: Apache-2.0
/** A Redis server for tests, and the content of its queues. Internal: applications use {@code org.redisqueue.test}. */
@NullMarked
package org.redisqueue.test.internal.redis;

import org.jspecify.annotations.NullMarked;
