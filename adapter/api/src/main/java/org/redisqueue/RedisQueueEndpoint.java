// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * Marks a message-driven bean whose listeners are its methods annotated with {@link RedisQueueListener}.
 *
 * <p>The interface has no methods, so that the public methods of the bean are its listener interface (Jakarta
 * Enterprise Beans 4.0, 5.4.3 "Message-Driven Bean with No-Methods Listener Interface").
 */
public interface RedisQueueEndpoint {}
