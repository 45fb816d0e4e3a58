// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.state;

import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.Place;

/**
 * A message in a queue.
 *
 * @param place the place of the message
 * @param message the message as its current or next delivery or, if it is a dead letter, its last one shows it
 * @param failures number of failed deliveries
 * @param reason why the message was dead-lettered; null unless it is a dead letter
 */
public record QueuedMessage(
        Place place,
        RedisMessage message,
        int failures,
        @Nullable String reason) {}
