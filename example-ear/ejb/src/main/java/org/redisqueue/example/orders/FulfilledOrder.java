// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

/**
 * An order that was fulfilled: the body of a message in the queue {@code receipts}.
 *
 * @param item what was ordered
 * @param quantity how many of it
 * @param deliveries how often the order's message had to be delivered
 */
public record FulfilledOrder(String item, int quantity, int deliveries) {}
