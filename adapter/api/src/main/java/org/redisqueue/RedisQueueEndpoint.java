// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * Marks a message-driven bean whose methods with {@link RedisQueueListener} are the listeners.
 *
 * <p>It has no methods of its own, so that the bean's public methods are its listener interface (Jakarta Enterprise
 * Beans 4.0, 5.4.3 "Message-Driven Bean with No-Methods Listener Interface").
 */
public interface RedisQueueEndpoint {}
