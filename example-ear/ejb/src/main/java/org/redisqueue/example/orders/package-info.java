/**
 * An order desk. Each step of an order changes the database and a queue in one transaction. The package shows what a
 * user writes: it must use only Jakarta EE and the API of the connector, and must not know the server or the demo.
 */
package org.redisqueue.example.orders;
