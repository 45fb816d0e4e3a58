// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.time.Instant;

/**
 * A dead letter: a message that is no longer delivered automatically.
 *
 * <p>It stays in Redis until it is redelivered or deleted.
 *
 * @param id the id of the message, under which its body is still stored
 * @param reason why the message was dead-lettered: the class and message of the exception, or what is wrong with the
 *     message
 * @param deliveries the number of deliveries before the message was dead-lettered
 * @param at when the message was dead-lettered, according to the Redis server's clock
 */
public record DeadLetter(String id, String reason, int deliveries, Instant at) {}
