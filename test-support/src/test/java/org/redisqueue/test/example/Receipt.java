// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.example;

/** The body of a message in the queue {@code receipts}. */
public record Receipt(String item) {}
