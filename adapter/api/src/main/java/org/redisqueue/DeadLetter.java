// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.time.Instant;

/**
 * A message that was given up.
 *
 * @param id the message's id; its body is still stored under it
 * @param reason why it was given up: the exception's class and message, or what is wrong with the message
 * @param deliveries how often it had been delivered
 * @param at when it was given up, by the clock of Redis
 */
public record DeadLetter(String id, String reason, int deliveries, Instant at) {}
