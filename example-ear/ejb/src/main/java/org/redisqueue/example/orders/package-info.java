/**
 * An order desk. Each step of an order changes the database and a queue in one transaction.
 */
package org.redisqueue.example.orders;
