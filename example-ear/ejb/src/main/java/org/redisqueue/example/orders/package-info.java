/**
 * An order desk: an order is a row in the database and a message in a queue, and each step is one transaction of both.
 */
package org.redisqueue.example.orders;
