// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.state;

import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.Place;

/**
 * A message in a queue.
 *
 * @param place the place of the message
 * @param message the message as its next delivery would show it
 * @param reason why the message was dead-lettered; null unless it is a dead letter
 */
public record QueuedMessage(
        Place place, RedisMessage message, @Nullable String reason) {}
