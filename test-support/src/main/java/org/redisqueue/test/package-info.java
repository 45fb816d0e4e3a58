// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of applications that send and receive messages: {@link org.redisqueue.test.TestMessage messages} to pass to a
 * listener, {@link org.redisqueue.test.InMemoryQueues queues in memory} for unit tests, a
 * {@link org.redisqueue.test.RedisQueueTest real Redis} for integration tests, and
 * {@link org.redisqueue.test.QueueAssert assertions} for both.
 */
@NullMarked
package org.redisqueue.test;

import org.jspecify.annotations.NullMarked;
