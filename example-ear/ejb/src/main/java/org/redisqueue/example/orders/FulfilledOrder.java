// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

/**
 * A fulfilled order: the body of a message in the queue {@code receipts}.
 *
 * @param item the ordered item
 * @param quantity the number of items
 * @param deliveries the number of deliveries of the order's message
 */
public record FulfilledOrder(String item, int quantity, int deliveries) {}
