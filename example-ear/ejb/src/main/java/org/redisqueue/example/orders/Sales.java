// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

/**
 * What has been sold.
 *
 * @param rows the number of rows that contain the figures: each summarizes the orders of one batch
 * @param orders the number of fulfilled orders
 * @param items the number of items in these orders
 */
public record Sales(long rows, long orders, long items) {}
